"""What training minimises: the verdict on every picture, and the map where the truth is known.

The verdict: binary cross-entropy on the pooled logit; a picture with an inserted defect counts less
than a real one, so that real castings decide where the line is. The map: binary
cross-entropy on every place of the pictures whose mask is known (sound pictures, and sound
pictures with an inserted defect); places of defect and of sound metal weigh the same, however
few the former are, and of the sound ones those that come closest to an alarm count as much as all
together, so that sound metal stays dark. On real defective pictures the map is left free: only
their label is known. Hard examples: A. Shrivastava et al., "Training Region-based Object Detectors
with Online Hard Example Mining", CVPR 2016, https://arxiv.org/abs/1604.03540.
"""

from torch import Tensor
from torch.nn import functional as F

COVERED = 0.25  # a place counts as defect when the mask covers this share of it
HARDEST = 0.01  # share of a picture's places that count as closest to an alarm
UNTOUCHED = 0.02  # and as sound when the mask covers less than this; between, it does not count


def verdict_loss(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean binary cross-entropy of logits (B,) against targets (B,) in {0, 1}; weights (B,) above 0."""
    losses = F.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none")
    return (weights * losses).sum() / weights.sum()


def map_loss(evidence: Tensor, masks: Tensor) -> Tensor:
    """Balanced binary cross-entropy of the map.

    Parameters
    ----------
    evidence : logits (B, 1, h, w).
    masks : float (B, 1, H, W) in [0, 1], NaN for pictures whose mask is unknown.

    Zero where no mask of the batch is known.
    """
    known = ~masks.isnan().flatten(1).any(1)  # (B,)
    if not known.any():
        return evidence.sum() * 0.0
    logits = evidence[known].float()
    peak = F.adaptive_max_pool2d(masks[known], (logits.shape[-2], logits.shape[-1]))
    share = F.adaptive_avg_pool2d(masks[known], (logits.shape[-2], logits.shape[-1]))
    # a defect smaller than a place still owns the place that holds most of it
    most = share >= share.flatten(1).amax(1).clamp(min=1e-6)[:, None, None, None]
    defect = (share >= COVERED) | (most & (peak > 0.5))
    sound = share < UNTOUCHED
    losses = F.binary_cross_entropy_with_logits(logits, defect.float(), reduction="none")
    sound &= ~defect
    hardest = losses.masked_fill(~sound, 0.0).flatten(1).topk(max(1, round(HARDEST * sound[0].numel())), dim=1).values
    on_average = losses[sound].mean() if sound.any() else losses.sum() * 0.0
    on_sound = 0.5 * (on_average + hardest.mean())
    on_defect = losses[defect].mean() if defect.any() else losses.sum() * 0.0
    return 0.5 * (on_sound + on_defect)
