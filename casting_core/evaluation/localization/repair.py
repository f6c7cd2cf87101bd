"""Does the verdict fall when what was marked is repaired, and only then? Counted over many parts.

Of every defective part all marked places are repaired (`explanation.proof`): how many then pass? And the control: the
same repair at sound places, one at a time: how often does that alone turn the verdict into another?
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.explanation.proof import Proof
from casting_core.labels import Verdict
from casting_core.networks.localization_figures import Quantiles, RepairFigures


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """One defective part. `proof`: None where nothing was marked; `flagged`: it did not pass as given."""

    proof: Proof | None
    flagged: bool
    photograph: int


def summarise_trials(trials: Iterable[Trial], verdict: Callable[[float], Verdict]) -> RepairFigures:
    """Figures of the repair of defective parts.

    `verdict`: of a probability, at the thresholds. A part on which nothing was marked counts as one that does not fall.
    """
    flagged = [trial for trial in trials if trial.flagged]
    photographs = np.array([trial.photograph for trial in flagged])
    falls = [trial.proof is not None and verdict(trial.proof.after) is Verdict.OK for trial in flagged]
    proven = [(trial.proof, trial.photograph) for trial in flagged if trial.proof is not None]
    controls = [
        (proof.before, each, photograph) for proof, photograph in proven for each in proof.control if each is not None
    ]
    moved = [verdict(before) is not verdict(after) for before, after, _ in controls]
    return RepairFigures(
        pictures=len(flagged),
        photographs=len(np.unique(photographs)),
        without_marked_place=len(flagged) - len(proven),
        falls=share_interval(np.array(falls), photographs),
        control_moves=share_interval(np.array(moved), np.array([photograph for _, _, photograph in controls])),
        without_control=sum(each is None for proof, _ in proven for each in proof.control),
        before=Quantiles.of([proof.before for proof, _ in proven]),
        after=Quantiles.of([proof.after for proof, _ in proven]),
        control_shift=Quantiles.of([abs(after - before) for before, after, _ in controls]),
        replaced=Quantiles.of([proof.replaced for proof, _ in proven]),
    )
