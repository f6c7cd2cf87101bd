"""The same design from other random seeds: whether what the shipped weights reach is luck.

Each further run on the official split is judged with the calibration and the thresholds that ship. Its margin is how
far the defective picture that looks soundest lies above the sound one that looks most defective, in raw logits; below
0 they overlap.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from casting_core.evaluation.predictions import Prediction
from casting_core.networks.calibration import Calibration
from casting_core.networks.figures import SeedFigures
from casting_core.networks.thresholds import Thresholds


def seed_figures(
    runs: Mapping[int, Sequence[Prediction]],
    calibration: Calibration,
    thresholds: Thresholds,
    suspects: frozenset[str],
) -> dict[str, SeedFigures]:
    """Figures on the official test by seed."""
    return {str(seed): _one(rows, calibration, thresholds, suspects) for seed, rows in sorted(runs.items())}


def _one(
    rows: Sequence[Prediction], calibration: Calibration, thresholds: Thresholds, suspects: frozenset[str]
) -> SeedFigures:
    logit = np.array([row.logit for row in rows])
    positive = np.array([row.label.positive for row in rows], bool)
    trusted = np.array([row.path not in suspects for row in rows], bool)
    probability = calibration.probability(logit)
    passed, reviewed, rejected = thresholds.masks(probability)
    wrong = (probability >= 0.5) != positive
    sound, defective = logit[trusted & ~positive], logit[trusted & positive]
    return SeedFigures(
        pictures=int(trusted.sum()),
        wrong=int((trusted & wrong).sum()),
        missed_defects=int((trusted & positive & passed).sum()),
        false_alarms=int((trusted & ~positive & rejected).sum()),
        reviews=int((trusted & reviewed).sum()),
        margin=float(defective.min() - sound.max()) if len(sound) and len(defective) else None,
        wrong_pictures=tuple(sorted(row.path for row, error in zip(rows, wrong, strict=True) if error)),
    )
