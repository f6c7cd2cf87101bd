"""Which rows may be looked at for what."""

from casting_core.evaluation.thresholds.verdicts import for_choosing, never_seen
from tests.factories import prediction


def test_rows_to_show_and_rows_to_choose_on():
    places = [("test/a", "official-test"), ("test/a", "by-source-0"), ("train/b", "by-source-3")]
    rows = [prediction(path, split=split) for path, split in (*places, ("train/doubted", "by-source-1"))]
    assert never_seen(rows) == rows[1:]
    assert never_seen(rows, left_out=frozenset({"train/doubted"})) == rows[1:3]
    assert for_choosing(rows, left_out=frozenset({"train/doubted"})) == [rows[2]]
    assert for_choosing(rows) == rows[2:]
    assert for_choosing(rows, left_out=frozenset({"test/a"})) == rows[2:]  # doubted, and tested too
