"""What tests of issues share."""

import numpy as np
import pandas as pd

from casting_core.exploration.issues.find import Issue, IssueType, find_issues
from casting_core.networks.thresholds import Thresholds

LIMITS = {"thresholds": Thresholds(passing=0.2, rejecting=0.7)}
SEVERAL = 40  # pictures, enough for something to be usual


def issues(
    *,
    thresholds: Thresholds | None = None,
    edges: np.ndarray | None = None,
    features: np.ndarray | None = None,
    **columns: object,
) -> tuple[Issue, ...]:
    """All findings on pictures that are given by columns, by features, or both."""
    rows = pd.DataFrame(columns, index=None if features is None else range(len(features)))
    return find_issues(rows, thresholds=thresholds, edges=edges, features=features)


def found(kind: IssueType, **given: object) -> dict[int, Issue]:
    """Findings of one kind by picture."""
    return {each.index: each for each in issues(**given) if each.kind is kind}


def scores(kind: IssueType, **given: object) -> dict[int, float]:
    """Their scores by picture."""
    return {index: each.score for index, each in found(kind, **given).items()}
