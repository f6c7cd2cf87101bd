"""What training minimises: the verdict on every picture, and the map where the truth is known.

The verdict: binary cross-entropy on the pooled logit; a picture with an inserted defect counts less
than a real one, so that real castings decide where the line is. The map: binary
cross-entropy on every place whose truth is known (all of a sound picture, with or without an inserted defect;
of a defective one what lies beyond the part); places of defect and of sound metal weigh the same, however
few the former are, and of the sound ones those that come closest to an alarm count as much as all
together, so that sound metal stays dark. On the part of a real defective picture the map is left free: only
its label is known. Hard examples: A. Shrivastava et al., "Training Region-based Object Detectors
with Online Hard Example Mining", CVPR 2016, https://arxiv.org/abs/1604.03540.
"""

from torch import Tensor
from torch.nn import functional as F

COVERED = 0.25  # a place counts as defect when the mask covers this share of it
HARDEST = 0.01  # share of a picture's places that count as closest to an alarm
UNTOUCHED = 0.02  # and as sound when the mask covers less than this; between, it does not count


def verdict_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy of logits (B,) against targets (B,) in {0, 1}: float32 (B,)."""
    return F.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none")


def map_loss(evidence: Tensor, masks: Tensor) -> Tensor:
    """Balanced binary cross-entropy of the map.

    Parameters
    ----------
    evidence : logits (B, 1, h, w).
    masks : float (B, 1, H, W) in [0, 1], NaN where unknown; a place counts when all of it is known.

    Zero where no place of the batch is known.
    """
    logits = evidence.float()
    shape = (logits.shape[-2], logits.shape[-1])
    known = F.adaptive_max_pool2d(masks.isnan().float(), shape) == 0  # (B, 1, h, w)
    values = masks.nan_to_num(0.0)
    peak, share = F.adaptive_max_pool2d(values, shape), F.adaptive_avg_pool2d(values, shape)
    # a defect smaller than a place still owns the place that holds most of it
    most = share >= share.flatten(1).amax(1).clamp(min=1e-6)[:, None, None, None]
    defect = known & ((share >= COVERED) | (most & (peak > 0.5)))
    sound = known & ~defect & (share < UNTOUCHED)
    losses = F.binary_cross_entropy_with_logits(logits, defect.float(), reduction="none")
    on_sound = losses.sum() * 0.0
    if sound.any():
        count = max(1, round(HARDEST * losses[0].numel()))
        some = sound.flatten(1).any(1)  # (B,)
        hardest = losses.masked_fill(~sound, 0.0).flatten(1)[some].topk(count, dim=1).values
        on_sound = 0.5 * (losses[sound].mean() + hardest.mean())
    on_defect = losses[defect].mean() if defect.any() else losses.sum() * 0.0
    return 0.5 * (on_sound + on_defect)
