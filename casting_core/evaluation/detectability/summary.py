"""Detectability: how large a defect has to be for the model to see it, by kind of defect.

1. A trial is a sound picture that passed, the same picture with one defect of known size (`targets`),
   and what the model said of it. It is a *hit* where the verdict is no longer *ok*: the part is not passed. It is
   *marked* where the evidence map now marks a place on the defect.
2. `public`: sound photographs of the public set, each judged by the network that was fitted without it. `rendered`:
   rendered castings, judged by the model that ships, which was never fitted on one.
3. Sizes are in percent of the part's diameter. Of every kind: the curve of detection over size, the sizes a50 and a90,
   and a90/95 by the handbook (`pod`), for which every trial counts as independent.
4. Trials on one photograph are not independent. So the same is said a second time from drawing photographs anew with
   replacement: the band around the curve lies between the 5th and the 95th percentile of the draws, and
   `a90_95_photographs` is where its lower edge reaches nine tenths. Where the two differ, the larger is to be believed.
   With few photographs even that is somewhat too narrow.
5. Beside the hits stand the false calls: how many of the sound pictures did not pass as they were, or did not with a
   harmless change painted in.

The defects are painted by the brush that also painted them in training: on defects of other looks the model may need
larger ones. A curve that does not rise (`fit` is `no rise`) says that size is not what decides.

Source: MIL-HDBK-1823A, 2009, see `pod`; bootstrap over clusters: A. C. Davison and D. V. Hinkley, "Bootstrap Methods
and their Application", 1997, section 3.8.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from casting_core.data.defects.insertion import DefectKind
from casting_core.estimate import Estimate
from casting_core.evaluation.detectability.pod import CONFIDENCE, Curve, Trials, fit_curve, upper_bound
from casting_core.evaluation.detectability.trials import HARMLESS, KINDS, PUBLIC, RENDERED, SOUND, Trial, as_written
from casting_core.evaluation.statistics.bootstrap import cluster_weights
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.networks import limit_figures as limits

POD = 0.9  # of a90 and a90/95
ROUNDS = 400  # of the bootstrap
POINTS = 17  # sizes at which the curve is told
BINS = 6  # stretches of size in which hits are counted


def summarise(trials: Sequence[Trial]) -> dict[str, limits.DetectabilityFigures]:
    """All figures of a card, by base; a base without trials is left out."""
    return {base: _of_base(chosen) for base in (PUBLIC, RENDERED) if (chosen := [t for t in trials if t.base == base])}


def _of_base(trials: list[Trial]) -> limits.DetectabilityFigures:
    by_kind = {kind: [t for t in trials if t.kind == kind] for kind in KINDS}
    diameters = [100 * t.pixels / t.percent for t in trials if t.percent > 0]
    return limits.DetectabilityFigures(
        pictures=len(by_kind[SOUND]),
        photographs=len({t.photograph for t in by_kind[SOUND]}),
        diameter=as_written(float(np.median(diameters))) if diameters else None,
        false_calls=_share(by_kind[SOUND]),
        false_calls_harmless=_share(by_kind[HARMLESS]),
        kinds={str(kind): _figures(by_kind[kind]) for kind in DefectKind if by_kind[kind]},
    )


def _share(trials: list[Trial]) -> Estimate | None:
    return share_interval(np.array([t.hit for t in trials], bool), np.array([t.photograph for t in trials], int))


def _figures(trials: list[Trial]) -> limits.KindFigures:
    size = np.array([t.percent for t in trials])
    photograph = np.array([t.photograph for t in trials])
    hits = Trials.of(size, np.array([t.hit for t in trials]))
    marked = Trials.of(size, np.array([t.marked for t in trials]))
    sizes = np.exp(np.linspace(np.log(size.min()), np.log(size.max()), POINTS))
    band = resampled(hits, photograph, sizes, rounds=ROUNDS)
    values = None if (curve := fit_curve(hits)) is None else curve.pod(sizes)
    return limits.KindFigures(
        trials=len(trials),
        photographs=len(np.unique(photograph)),
        **vars(_sizes(hits, curve)),
        a90_95_photographs=_rounded(_bound(band[0], hits)),
        bins=_bins(hits),
        curve=limits.DetectionCurve(
            percent=_plain(sizes),
            pod=_plain(np.full(POINTS, float(hits.hit.all())) if values is None else values),
            low=_plain(np.quantile(band[1], 1 - CONFIDENCE, axis=0)),
            high=_plain(np.quantile(band[1], CONFIDENCE, axis=0)),
        ),
        marked=_sizes(marked, fit_curve(marked)),
    )


def _sizes(trials: Trials, curve: Curve | None) -> limits.SizeFigures:
    least, most = float(trials.size.min()), float(trials.size.max())
    if trials.hit.all() or not trials.hit.any():
        fit = "all hit" if trials.hit.all() else "none hit"
    elif curve is None or curve.slope <= 0:
        fit = "no rise"
    else:
        fit = "firth" if curve.penalised else "likelihood"

    def size(pod: float) -> limits.CensoredSize:
        otherwise = 0.0 if fit == "all hit" else math.inf
        return _rounded(limits.CensoredSize.within(otherwise if curve is None else curve.size_at(pod), least, most))

    return limits.SizeFigures(
        hits=int(trials.hit.sum()),
        least=least,
        most=most,
        fit=fit,
        intercept=None if curve is None else as_written(curve.intercept),
        slope=None if curve is None else as_written(curve.slope),
        a50=size(0.5),
        a90=size(POD),
        a90_95=_rounded(upper_bound(trials, curve, POD)),
    )


def resampled(
    trials: Trials, photograph: np.ndarray, sizes: np.ndarray, *, rounds: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw photographs with replacement: a90, float (rounds,), and the curve at `sizes` (K,), float (rounds, K).

    `photograph` int (N,), of each trial. Where a draw holds hits only, its curve is 1 and its a90 is 0; where it holds
    misses only, or its curve does not rise, a90 is infinite.
    """
    _, group = np.unique(photograph, return_inverse=True)
    weights = cluster_weights(group, rounds=rounds, seed=seed)
    reached, curves = np.full(rounds, np.inf), np.zeros((rounds, len(sizes)))
    for index, drawn in enumerate(weights):
        chosen = Trials.of(trials.size, trials.hit, drawn[group])
        if chosen.hit.all():
            reached[index], curves[index] = 0.0, 1.0
        elif (curve := fit_curve(chosen)) is not None:
            reached[index], curves[index] = curve.size_at(POD), curve.pod(sizes)
    return reached, curves


def _bound(reached: np.ndarray, trials: Trials) -> limits.CensoredSize:
    """Return the size that a share of `CONFIDENCE` of the draws does not exceed."""
    bound = float(np.quantile(reached, CONFIDENCE, method="inverted_cdf"))
    return limits.CensoredSize.within(bound, float(trials.size.min()), float(trials.size.max()))


def _bins(trials: Trials) -> tuple[limits.SizeBin, ...]:
    """Trials and hits in stretches of size that hold about as many trials each."""
    order = np.argsort(trials.size, kind="stable")
    return tuple(
        limits.SizeBin(
            from_=float(trials.size[members[0]]),
            to=float(trials.size[members[-1]]),
            trials=len(members),
            hits=int(trials.hit[members].sum()),
        )
        for members in np.array_split(order, min(BINS, len(order)))
    )


def _rounded(reached: limits.CensoredSize) -> limits.CensoredSize:
    return reached if reached.value is None else replace(reached, value=as_written(reached.value))


def _plain(values: np.ndarray) -> tuple[float, ...]:
    """To four significant digits."""
    return tuple(float(f"{value:.4g}") for value in values)
