"""The same design from other random seeds: whether what the shipped weights reach is luck.

Each further run on the official split is judged with the calibration and the thresholds that ship. Its margin is how
far the defective picture that looks soundest lies above the sound one that looks most defective, in raw logits; below
0 they overlap.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from casting_core.evaluation.predictions import Prediction
from casting_core.evaluation.thresholds.operating_point import OperatingPoint
from casting_core.networks.calibration import Calibration


def seed_figures(
    runs: Mapping[int, Sequence[Prediction]], calibration: Calibration, point: OperatingPoint, suspects: frozenset[str]
) -> dict[str, Any]:
    """Figures on the official test by seed, without the pictures whose label is doubted but for `wrong_pictures`.

    The margin is None where one of the classes has no picture.
    """
    return {str(seed): _one(rows, calibration, point, suspects) for seed, rows in sorted(runs.items())}


def _one(
    rows: Sequence[Prediction], calibration: Calibration, point: OperatingPoint, suspects: frozenset[str]
) -> dict[str, Any]:
    probability = calibration.probability(np.array([row.logit for row in rows]))
    judged = [(row, float(p)) for row, p in zip(rows, probability, strict=True)]
    trusted = [(row, p) for row, p in judged if row.path not in suspects]
    sound = [row.logit for row, _ in trusted if not row.label.positive]
    defective = [row.logit for row, _ in trusted if row.label.positive]
    low, high = point.threshold_pass, point.threshold_reject
    return {
        "pictures": len(trusted),
        "wrong": sum((p >= 0.5) != row.label.positive for row, p in trusted),
        "missed_defects": sum(p < low and row.label.positive for row, p in trusted),
        "false_alarms": sum(p >= high and not row.label.positive for row, p in trusted),
        "reviews": sum(low <= p < high for _, p in trusted),
        "margin": min(defective) - max(sound) if sound and defective else None,
        "wrong_pictures": sorted(row.path for row, p in judged if (p >= 0.5) != row.label.positive),
    }
