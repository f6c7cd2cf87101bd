"""Does the verdict fall when what was marked is repaired, and only then? Counted over many parts.

Of every defective part all marked places are repaired (`explanation.proof`): how many then pass? And the control: the
same repair at sound places, one at a time: how often does that alone turn the verdict into another?
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.explanation.proof import Proof
from casting_core.labels import Verdict


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One defective part. `proof`: None where nothing was marked; `flagged`: it did not pass as given."""

    proof: Proof | None
    flagged: bool
    photograph: int


def summarise_trials(trials: Iterable[Trial], verdict: Callable[[float], Verdict]) -> dict[str, Any]:
    """Figures of the repair of defective parts, as plain values; `verdict`: of a probability, at the thresholds.

    `falls`: of the parts that were flagged, those that pass with all marked places repaired; a part on which nothing
    was marked counts as one that does not. `control_moves`: of the control repairs, those after which the verdict is
    another. `after`, `control_shift`: the probability of repaired parts, and how far a control moved it; `replaced`:
    share of the disc's area. None where nothing was tried.
    """
    flagged = [trial for trial in trials if trial.flagged]
    falls = [trial.proof is not None and verdict(trial.proof.after) is Verdict.OK for trial in flagged]
    proven = [(trial.proof, trial.photograph) for trial in flagged if trial.proof is not None]
    controls = [
        (proof.before, each, photograph) for proof, photograph in proven for each in proof.control if each is not None
    ]
    moved = [verdict(before) is not verdict(after) for before, after, _ in controls]
    return {
        "pictures": len(flagged),
        "photographs": len({trial.photograph for trial in flagged}),
        "without_marked_place": len(flagged) - len(proven),
        "falls": _share(falls, [trial.photograph for trial in flagged]),
        "control_moves": _share(moved, [photograph for _, _, photograph in controls]),
        "without_control": sum(each is None for proof, _ in proven for each in proof.control),
        "before": _quantiles([proof.before for proof, _ in proven]),
        "after": _quantiles([proof.after for proof, _ in proven]),
        "control_shift": _quantiles([abs(after - before) for before, after, _ in controls]),
        "replaced": _quantiles([proof.replaced for proof, _ in proven]),
    }


def _share(event: list[bool], photographs: list[int]) -> dict[str, Any] | None:
    found = share_interval(np.array(event, bool), np.array(photographs, int))
    return None if found is None else found.to_json()


def _quantiles(values: list[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {"median": float(np.median(values)), "p95": float(np.quantile(values, 0.95))}
