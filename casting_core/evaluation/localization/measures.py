"""How well a heatmap points: measured against masks in which every defect is known.

Per picture: does the strongest place lie on a defect, how much of the heat lies inside the masks, how bright is the
map of a sound part, which defects do the marked regions touch (`region_matching`). Over all pictures: the area under
the ROC curve of the pixels, and AUPRO, in which a small defect counts as much as a large one. The latter two are
computed from histograms of the heat's logit, so memory does not grow with the size of the pictures; heat beyond a
logit of ±16 counts as ±16.

Sources: the pointing game of J. Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016; AUPRO up
to a false positive rate of 30 %: P. Bergmann et al., "The MVTec Anomaly Detection Dataset", IJCV 2021,
https://doi.org/10.1007/s11263-020-01400-4.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from scipy import ndimage
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from casting_core.estimate import Estimate
from casting_core.evaluation.localization.region_matching import Matching, by_size, match
from casting_core.evaluation.statistics.bootstrap import from_draws
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.labels import Verdict
from casting_core.networks.localization_figures import BySize, Headline, LocalizationFigures, Quantiles

TOLERANCE = 8 / 512  # of the picture's long side, by which a peak may miss the mask
LEVELS, REACH = 4096, 16.0  # of the histograms, and the logits that they span
MAX_FALSE = 0.3  # false positive rate up to which AUPRO is taken
ROUNDS = 400  # of the bootstrap


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """What was said of one picture, and what is known of it.

    Attributes
    ----------
    probability : of *defective*, calibrated.
    defective : its label.
    photograph : pictures of one photograph share it.
    verdict : at the thresholds in force.
    known : whether the model could have seen the photograph, None where that is not known.
    """

    probability: float
    defective: bool
    photograph: int
    verdict: Verdict
    known: bool | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Case(Judged):
    """One picture whose defects are known.

    Attributes
    ----------
    heatmap, mask : float32 (H, W) in [0, 1], and bool (H, W), True on a defect.
    """

    heatmap: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured(Judged):
    """What is kept of one case.

    Attributes
    ----------
    peak : strength of the strongest place.
    on_defect : whether that lies on a defect, None where there is no mask to hit; `heat_inside` likewise.
    sound, faulty, by_defect : histograms float32 (LEVELS,) of sound pixels, of defect pixels, and of the pixels of each
        connected defect, every defect weighing one.
    defects : how many there are.
    matching : of its regions with its defects.
    """

    peak: float
    on_defect: bool | None
    heat_inside: float | None
    sound: np.ndarray = field(repr=False)
    faulty: np.ndarray = field(repr=False)
    by_defect: np.ndarray = field(repr=False)
    defects: int
    matching: Matching = field(repr=False)


def peak_on_defect(heatmap: np.ndarray, mask: np.ndarray, *, tolerance: float = TOLERANCE) -> bool:
    """Whether the strongest place of a map (H, W) is at most `tolerance` × the long side away from the mask (H, W).

    The first in reading order where several are equally strong. False where the mask is empty.
    """
    if not mask.any():
        return False
    place = np.unravel_index(int(np.argmax(heatmap)), heatmap.shape)
    return bool(ndimage.distance_transform_edt(~mask)[place] <= tolerance * max(mask.shape))


def measure(case: Case) -> Measured:
    """Measure one case."""
    heat, mask = case.heatmap, case.mask
    level = _level(heat)
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    by_defect = np.zeros(LEVELS, np.float32)
    if count:
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        by_defect += np.bincount(level[mask], weights=1 / sizes[labels[mask]], minlength=LEVELS).astype(np.float32)
    total = float(heat.sum())
    return Measured(
        **{each.name: getattr(case, each.name) for each in fields(Judged)},
        peak=float(heat.max()),
        on_defect=peak_on_defect(heat, mask) if case.defective and count else None,
        heat_inside=float(heat[mask].sum()) / total if case.defective and count and total > 0 else None,
        sound=np.bincount(level[~mask], minlength=LEVELS).astype(np.float32),
        faulty=np.bincount(level[mask], minlength=LEVELS).astype(np.float32),
        by_defect=by_defect,
        defects=count,
        matching=match(heat, mask, tolerance=TOLERANCE * max(mask.shape)),
    )


def summarise(measured: Iterable[Measured]) -> LocalizationFigures:
    """All figures of a set of cases: shares with their 95 % intervals over photographs.

    A figure that needs what is not there (sound parts, defective parts, a mask) is None; so are those of photographs
    known and new where nothing tells which is which. Photographs of which it is unknown are in neither of the two.
    """
    cases = list(measured)
    positive = np.array([case.defective for case in cases], bool)
    probability = np.array([case.probability for case in cases])
    source = np.array([case.photograph for case in cases])
    peaks = np.array([case.peak for case in cases])
    inside = [case.heat_inside for case in cases if case.heat_inside is not None]
    told = any(case.known is not None for case in cases)
    return LocalizationFigures(
        **vars(headline(cases)),
        right=share_interval((probability >= 0.5) == positive, source),
        false_at_half=share_interval(probability[~positive] >= 0.5, source[~positive]),
        heat_inside=float(np.mean(inside)) if inside else None,
        pixel_auroc=_bootstrapped(cases, _pixel_auroc),
        aupro_30=_bootstrapped(cases, _aupro),
        peak_of_sound=Quantiles.of(peaks[~positive]),
        peak_of_defective=Quantiles.of(peaks[positive]),
        sound_without_marked_place=share_interval(peaks[~positive] < 0.5, source[~positive]),
        region_recall=_by_size([case for case in cases if case.defective], "defects", "found"),
        region_precision=_by_size(cases, "regions", "right"),
        known_photographs=headline([case for case in cases if case.known is True]) if told else None,
        new_photographs=headline([case for case in cases if case.known is False]) if told else None,
    )


def headline(cases: Sequence[Measured]) -> Headline:
    """Count pictures, what was missed, passed and rejected, and where the map points."""
    positive = np.array([case.defective for case in cases], bool)
    probability = np.array([case.probability for case in cases])
    source = np.array([case.photograph for case in cases], int)
    passed = np.array([case.verdict is Verdict.OK for case in cases], bool)
    rejected = np.array([case.verdict is Verdict.DEFECTIVE for case in cases], bool)
    on_defect = np.array([case.on_defect is True for case in cases], bool)
    pointed = np.array([case.on_defect is not None for case in cases], bool)
    return Headline(
        pictures=len(cases),
        defective_pictures=int(positive.sum()),
        photographs=len(np.unique(source)),
        roc_auc=float(roc_auc_score(positive, probability)) if 0 < positive.sum() < len(cases) else None,
        missed_at_half=share_interval(probability[positive] < 0.5, source[positive]),
        passed=share_interval(passed[positive], source[positive]),
        rejected=share_interval(rejected[~positive], source[~positive]),
        peak_on_defect=share_interval(on_defect[pointed], source[pointed]),
    )


def _by_size(cases: Sequence[Measured], areas: str, hits: str) -> BySize:
    """Share of defects, or of regions, for all and by size."""
    source = np.array([case.photograph for case in cases], int)
    matched = [case.matching for case in cases]
    sizes = by_size([getattr(each, areas) for each in matched], [getattr(each, hits) for each in matched])
    return BySize(**{size: share_interval(hit, source[picture]) for size, (hit, picture) in sizes.items()})


def _level(heat: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        z = logit(heat.astype(np.float64))
    scaled = (np.clip(z, -REACH, REACH) + REACH) * ((LEVELS - 1) / (2 * REACH))
    return np.rint(scaled).astype(np.intp)


def _pixel_auroc(sound: np.ndarray, faulty: np.ndarray, by_defect: np.ndarray, defects: float) -> float:
    if not sound.sum() or not faulty.sum():
        return math.nan
    below = np.cumsum(sound) - sound / 2  # ties count half
    return float((faulty * below).sum() / (faulty.sum() * sound.sum()))


def _aupro(sound: np.ndarray, faulty: np.ndarray, by_defect: np.ndarray, defects: float) -> float:
    if not sound.sum() or not defects:
        return math.nan
    false = np.concatenate([[0.0], np.cumsum(sound[::-1]) / sound.sum()])  # from the hottest level down
    covered = np.concatenate([[0.0], np.cumsum(by_defect[::-1]) / defects])
    inside = false < MAX_FALSE
    edge = float(np.interp(MAX_FALSE, false, covered))
    x, y = np.append(false[inside], MAX_FALSE), np.append(covered[inside], edge)
    return float(np.trapezoid(y, x) / MAX_FALSE)


def _bootstrapped(cases: Sequence[Measured], figure: Callable[..., float]) -> Estimate | None:
    """Return the figure over all cases, with its 95 % interval over photographs."""
    if not cases:
        return None
    photographs, group = np.unique([case.photograph for case in cases], return_inverse=True)
    stacks = [np.zeros((len(photographs), LEVELS), np.float64) for _ in range(3)]
    defects = np.zeros(len(photographs))
    for case, row in zip(cases, group, strict=True):
        for stack, histogram in zip(stacks, (case.sound, case.faulty, case.by_defect), strict=True):
            stack[row] += histogram
        defects[row] += case.defects
    value = figure(*(stack.sum(0) for stack in stacks), defects.sum())
    if math.isnan(value):
        return None
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(len(photographs), np.full(len(photographs), 1 / len(photographs)), ROUNDS)
    values = [figure(*(weights @ stack for stack in stacks), weights @ defects) for weights in drawn]
    return from_draws(value, np.array(values))
