"""Issues: their order and their words."""

from casting_core.exploration.issues.find import IssueType
from casting_core.exploration.issues.issue import percent


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
