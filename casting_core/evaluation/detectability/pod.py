"""Probability of detection over the size of a defect, from trials that say found or not found.

1. POD(a) = 1 / (1 + exp(-(intercept + slope · ln a))), fitted by maximum likelihood: a trial is a defect of known
   size a, and whether it was found.
2. a50 and a90 are the sizes that are found with a chance of one half and of nine tenths. a90/95 is where the lower
   95 % bound (one-sided) of the curve reaches nine tenths: whoever does the study again gets a bound above the true
   a90 in 95 cases of 100. The bound is that of the likelihood ratio: the largest size of which nine tenths cannot
   be refused, with the slope free (a profile likelihood). Unlike Wald's, it does not rest on the curvature at one
   point, and stays true where trials are few.
3. Where one size parts all that was found from all that was not, no likelihood has a maximum: the steeper the better.
   Then, and only then, Firth's penalty is added, which keeps the slope finite; the bound is that of the penalised
   likelihood.
4. Nothing is said of sizes that were not tried. A size at or below the smallest, or above the largest, has no value,
   only the side on which it lies. Where all was found, so do a50 and a90; where nothing was, or where the curve does
   not rise, all sizes lie above.

Trials count as independent here, as in the handbook; where several share a photograph, see `detectability`.

Sources: MIL-HDBK-1823A, "Nondestructive Evaluation System Reliability Assessment", 2009, appendix G (hit/miss data, log
of the size, bounds by likelihood ratio after R. C. H. Cheng and T. C. Iles, Technometrics 25(1), 1983; theirs hold for
the whole curve at once, with two degrees of freedom, this one at one height, with one); D. Firth, "Bias reduction of
maximum likelihood estimates", Biometrika 80(1), 1993; G. Heinze and M. Schemper, "A solution to the problem of
separation in logistic regression", Statistics in Medicine 21, 2002.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import expit, logit
from scipy.stats import chi2

from casting_core.networks.limit_figures import CensoredSize

CONFIDENCE = 0.95  # one-sided
TOLERANCE = 1e-9  # of the gradient, a trial
STEEPNESS = (-7.0, 7.0)  # logarithm of the slopes that are considered, for sizes whose logarithm has a deviation of 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """`size` float (N,) above 0, in any one unit; `hit` bool (N,); `weight` float (N,): how often each counts."""

    size: np.ndarray
    hit: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, size: np.ndarray, hit: np.ndarray, weight: np.ndarray | None = None) -> "Trials":
        """Trials that count at all, of a weight above 0; each counts once where no weights are given."""
        size, hit = np.asarray(size, np.float64), np.asarray(hit, bool)
        weight = np.ones(size.shape) if weight is None else np.asarray(weight, np.float64)
        counts = weight > 0
        return cls(size=size[counts], hit=hit[counts], weight=weight[counts])

    @property
    def separated(self) -> bool:
        """One size parts hits from misses, or the two meet in one: no likelihood has a maximum."""
        hits, misses = self.size[self.hit], self.size[~self.hit]
        return bool(len(hits) and len(misses) and (misses.max() <= hits.min() or hits.max() <= misses.min()))


@dataclass(frozen=True, kw_only=True)
class Curve:
    """POD(a) = expit(`intercept` + `slope` · ln a); `penalised`: by Firth, as the trials were separated."""

    intercept: float
    slope: float
    penalised: bool

    def pod(self, size: np.ndarray) -> np.ndarray:
        """Probability of detection, float in [0, 1], at sizes above 0, of their shape."""
        return np.asarray(expit(self.intercept + self.slope * np.log(size)))

    def size_at(self, pod: float) -> float:
        """Return the size at which a probability in (0, 1) is reached; infinite where the curve does not rise."""
        if self.slope <= 0:
            return float("inf")
        return float(np.exp(min((logit(pod) - self.intercept) / self.slope, 700.0)))


def fit_curve(trials: Trials) -> Curve | None:
    """Return the curve of maximum likelihood; None where all was found, nothing was, or there is one size only."""
    if trials.hit.all() or not trials.hit.any() or np.ptp(trials.size) == 0:
        return None
    x = np.log(trials.size)
    centre, spread = float(x.mean()), float(x.std())
    design = np.stack([np.ones_like(x), (x - centre) / spread], axis=1)  # (N, 2)
    penalised = trials.separated
    start = np.array([logit(np.clip(np.average(trials.hit, weights=trials.weight), 0.02, 0.98)), 0.0])
    fitted = minimize(
        _loss,
        start,
        args=(design, trials, penalised),
        jac=True,
        hess=_curvature,
        method="trust-ncg",
        options={"gtol": TOLERANCE},
    )
    slope = float(fitted.x[1]) / spread
    return Curve(intercept=float(fitted.x[0]) - slope * centre, slope=slope, penalised=penalised)


def upper_bound(trials: Trials, curve: Curve | None, pod: float, confidence: float = CONFIDENCE) -> CensoredSize:
    """Return the size at which the lower bound of the curve reaches a probability in (0, 1), by likelihood ratio.

    With `pod` 0.9 and `confidence` 0.95 that is a90/95. `curve`: of these trials (`fit_curve`). Where all was hit there
    is no curve and no ratio to trust; there it is the smallest size of which curves that reach `pod` no sooner would
    have given hits only with a chance of at most 1 - `confidence`: 29 of 29 at one size, as the rule of thumb has it.
    """
    least, most = float(trials.size.min()), float(trials.size.max())
    everything = bool(trials.hit.all())
    if curve is None and not everything:
        return CensoredSize(value=None, beyond="above")
    best = 0.0 if curve is None else curve.size_at(pod)
    if best > most:
        return CensoredSize(value=None, beyond="above")
    x, height = np.log(trials.size), float(logit(pod))
    spread, penalised = float(x.std()) or 1.0, curve is not None and curve.penalised
    lowest, allowed = 0.0, -2 * float(np.log(1 - confidence))
    if curve is not None:
        lowest = _deviance(np.array([curve.intercept, curve.slope]), x, trials, penalised)
        allowed = float(chi2.ppf(2 * confidence - 1, 1))

    def excess(place: float) -> float:
        """How much worse than allowed the best curve through (`place`, `pod`) is."""

        def deviance(steepness: float) -> float:
            slope = np.exp(steepness) / spread
            return _deviance(np.array([height - slope * place, slope]), x, trials, penalised)

        return float(minimize_scalar(deviance, bounds=STEEPNESS, method="bounded").fun) - lowest - allowed

    first, last = float(np.log(max(best, least))), float(np.log(most))
    if excess(last) <= 0:
        return CensoredSize(value=None, beyond="above")
    if excess(first) >= 0:
        return CensoredSize(value=None, beyond="below")
    return CensoredSize(value=float(np.exp(brentq(excess, first, last, xtol=1e-6))), beyond=None)


def _deviance(beta: np.ndarray, x: np.ndarray, trials: Trials, penalised: bool) -> float:
    """Twice the negative logarithm of the likelihood of intercept and slope, float (2,), over x = ln a."""
    design = np.stack([np.ones_like(x), x], axis=1)
    return 2 * _loss(beta, design, trials, penalised)[0] * float(trials.weight.sum())


def _loss(beta: np.ndarray, design: np.ndarray, trials: Trials, penalised: bool) -> tuple[float, np.ndarray]:
    """Mean negative log-likelihood of a trial, with Firth's penalty where asked for, and its gradient, float (2,)."""
    eta = design @ beta
    weight, total = trials.weight, float(trials.weight.sum())
    loss = float(weight @ (np.logaddexp(0.0, eta) - trials.hit * eta))
    p = expit(eta)
    score = weight * (trials.hit - p)
    if penalised:  # half the logarithm of the determinant of Fisher's information
        variance = weight * p * (1 - p)
        information = design.T @ (design * variance[:, None])  # (2, 2)
        sign, size = np.linalg.slogdet(information)
        if sign <= 0:
            return 1e12, np.zeros(2)  # so steep that nothing is left to be learnt
        loss -= 0.5 * float(size)
        leverage = variance * np.einsum("ij,jk,ik->i", design, np.linalg.inv(information), design)
        score = score + leverage * (0.5 - p)
    return loss / total, -(design.T @ score) / total


def _curvature(beta: np.ndarray, design: np.ndarray, trials: Trials, penalised: bool) -> np.ndarray:
    """Fisher's information of a trial, float (2, 2): the second derivative of the loss without its penalty."""
    p = expit(design @ beta)
    return np.asarray(design.T @ (design * (trials.weight * p * (1 - p))[:, None])) / float(trials.weight.sum())
