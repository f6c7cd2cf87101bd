"""Label issues: what speaks against the label of an image."""

import numpy as np
import pytest

from casting_core.exploration.issues.find import IssueType
from tests.exploration.issues.conftest import LIMITS, found, issues, scores


def test_a_model_that_is_sure_of_the_other_label() -> None:
    positive = np.array([False, False, False, True, True, True, True])
    probability = np.array([0.7, 0.69, 0.95, 0.19, 0.2, 0.9, np.nan])
    given = {"positive": positive, "probability": probability, **LIMITS}
    assert scores(IssueType.DISAGREEMENT, **given) == pytest.approx({0: 0.7, 2: 0.95, 3: 0.81})
    sentences = [each.sentence for each in issues(**given)]
    assert sentences[0] == (
        "Filed as sound, but a model that had not seen this part holds it to be defective with a probability of 95 %."
    )
    assert "Filed as defective" in sentences[1]
    assert "to be sound with a probability of 81 %" in sentences[1]


def test_a_model_that_disagrees_over_a_whole_photograph() -> None:
    """Photograph 0: mean 0.75 as sound. 1: mean 0.6. 2: one picture only. 3: two labels, of which one is doubted by
    a mean of 0.1. -1: unknown, which is no photograph."""
    source = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, -1, -1])
    positive = np.array([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0], bool)
    probability = np.array([0.6, 0.9, np.nan, 0.3, 0.9, 0.99, 0.15, 0.05, 0.1, 0.9, 0.9])
    given = {"positive": positive, "probability": probability, "source": source, **LIMITS}
    assert scores(IssueType.PHOTOGRAPH_DISAGREEMENT, **given) == pytest.approx({1: 0.75, 7: 0.9})
    assert found(IssueType.PHOTOGRAPH_DISAGREEMENT, **given)[1].sentence == (
        "2 pictures of this photograph are filed as sound; on average, a model that had not seen it holds them to be "
        "defective with a probability of 75 %."
    )


def test_a_photograph_under_both_labels() -> None:
    source = np.array([5, 5, 5, 5, 8, 8, 9, -1, -1])
    positive = np.array([1, 0, 0, 0, 1, 0, 1, 0, 1], bool)
    given = {"positive": positive, "source": source}
    assert scores(IssueType.MIXED_PHOTOGRAPH, **given) == {0: 0.75, 4: 0.5, 5: 0.5}
    assert found(IssueType.MIXED_PHOTOGRAPH, **given)[0].sentence == (
        "Filed as defective, but 3 of the 4 pictures of its photograph are filed as sound."
    )


def test_copies_under_another_label() -> None:
    positive = np.array([1, 0, 0, 1, 0, 1, 0], bool)
    sha256 = ["a", "a", "a", "b", "", "", "c"]
    edges = np.array([[3, 4], [4, 6], [1, 1]])
    given = {"positive": positive, "sha256": sha256, "edges": edges}
    assert scores(IssueType.DIFFERENT_LABEL_COPY, **given) == {0: 1, 1: 1, 2: 1, 3: 0.5, 4: 0.5}
    sentences = {i: each.sentence for i, each in found(IssueType.DIFFERENT_LABEL_COPY, **given).items()}
    assert sentences[0] == "Filed as defective, but a file with the same bytes is filed as sound."
    assert sentences[4] == "Filed as sound, but a copy of it is filed as defective."
    only = {"positive": positive, "edges": edges}
    assert scores(IssueType.DIFFERENT_LABEL_COPY, **only) == {3: 0.5, 4: 0.5}
