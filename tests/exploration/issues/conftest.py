"""What tests of issues share."""

from casting_core.exploration.issues.find import Issue, IssueType, find_issues
from casting_core.networks.thresholds import Thresholds

LIMITS = {"thresholds": Thresholds(passing=0.2, rejecting=0.7)}
SEVERAL = 40  # pictures, enough for something to be usual


def found(kind: IssueType, **given: object) -> dict[int, Issue]:
    """Findings of one kind by picture."""
    return {each.index: each for each in find_issues(**given) if each.kind is kind}


def scores(kind: IssueType, **given: object) -> dict[int, float]:
    """Their scores by picture."""
    return {index: each.score for index, each in found(kind, **given).items()}
