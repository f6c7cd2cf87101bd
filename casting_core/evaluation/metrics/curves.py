"""How well probabilities rank defective parts above sound ones, whatever the thresholds: two curves and their areas.

ROC: of the defective pictures, the share that would be called so (y), over the share of the sound ones that would be
called so too (x), at every threshold. Precision–recall: of those called defective, the share that is (y), over the
share of the defective ones that is found (x). The area under the first is the chance that a defective picture has a
higher probability than a sound one; that under the second is average precision, the step-wise area.

Both need pictures of both labels, and are None of one alone. The card has the same areas, with intervals.

Sources: T. Fawcett, "An introduction to ROC analysis", 2006; J. Davis and M. Goadrich, "The Relationship Between
Precision-Recall and ROC Curves", ICML 2006. Computed by scikit-learn.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """`x` and `y` float (n,) in [0, 1], in the order in which the line is drawn, and the `area` under it in [0, 1]."""

    x: np.ndarray
    y: np.ndarray
    area: float


def roc(probability: np.ndarray, positive: np.ndarray) -> Curve | None:
    """Of probability float (N,) and label bool (N,); from (0, 0) to (1, 1), straight between its points."""
    if not _both(positive):
        return None
    from sklearn.metrics import roc_auc_score, roc_curve

    false_alarms, found, _ = roc_curve(positive, probability)
    return Curve(x=false_alarms, y=found, area=float(roc_auc_score(positive, probability)))


def precision_recall(probability: np.ndarray, positive: np.ndarray) -> Curve | None:
    """Likewise, from a recall of 0 on; from each point on the precision of the next one holds, so it goes in steps."""
    if not _both(positive):
        return None
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(positive, probability, drop_intermediate=True)
    return Curve(x=recall[::-1], y=precision[::-1], area=float(average_precision_score(positive, probability)))


def _both(positive: np.ndarray) -> bool:
    return bool(np.any(positive)) and not bool(np.all(positive))
