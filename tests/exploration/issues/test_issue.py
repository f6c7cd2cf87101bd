"""Issues: their order and their words."""

import json

import numpy as np

from casting_core.exploration.issues.issue import Issue, IssueType, each, percent


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    told = [percent(share) for share in (0, 0.0004, 0.004, 0.05, 0.5, 0.996, 0.99999, 1)]
    assert told == ["0 %", "under 0.1 %", "0.4 %", "5 %", "50 %", "99.6 %", "over 99.9 %", "100 %"]


def test_every_kind_has_words_for_a_manager() -> None:
    assert len({kind.title for kind in IssueType}) == len(IssueType)
    for kind in IssueType:
        assert kind.title[0].isupper()
        assert not kind.title.endswith(".")
        assert kind.explanation.endswith(".")
        assert kind.explanation.count(".") == 1


def test_kinds_are_told_in_their_order_and_come_back_from_a_table() -> None:
    kinds = list(IssueType)  # of labels, images, parts
    assert kinds.index(IssueType.DISAGREEMENT) < kinds.index(IssueType.OUTLIER) < kinds.index(IssueType.NO_PART)
    assert [IssueType(str(kind)) for kind in IssueType] == list(IssueType)


def test_a_finding_on_each_picture_where_a_rule_holds() -> None:
    score, where = np.array([0.5, 2.0, 3.0], np.float32), np.array([True, False, True])
    found = list(each(where, IssueType.BLURRED, lambda i: score[i], lambda i: f"Picture {i}."))
    assert found == [
        Issue(index=0, kind=IssueType.BLURRED, score=0.5, sentence="Picture 0."),
        Issue(index=2, kind=IssueType.BLURRED, score=3.0, sentence="Picture 2."),
    ]
    json.dumps([vars(issue) for issue in found])  # plain numbers, not NumPy's


def test_where_no_rule_holds_nothing_is_asked() -> None:
    def never(index: int) -> float:
        raise AssertionError(index)

    for nowhere in (np.zeros(3, bool), np.zeros(0, bool)):
        assert list(each(nowhere, IssueType.DARK, never, str)) == []
