"""Which rows may be looked at for what."""

from casting_core.evaluation.predictions import Prediction
from casting_core.evaluation.thresholds.verdicts import for_choosing, never_seen
from casting_core.labels import Label


def test_rows_to_show_and_rows_to_choose_on():
    def row(path: str, split: str) -> Prediction:
        return Prediction(path=path, split=split, label=Label.OK, source=0, logit=0.0, probability=0.5)

    rows = [row("test/a", "official-test"), row("test/a", "by-source-0"), row("train/b", "by-source-3")]
    rows.append(row("train/doubted", "by-source-1"))
    assert never_seen(rows) == rows[1:]
    assert never_seen(rows, left_out=frozenset({"train/doubted"})) == rows[1:3]
    assert for_choosing(rows, left_out=frozenset({"train/doubted"})) == [rows[2]]
    assert for_choosing(rows) == rows[2:]
    assert for_choosing(rows, left_out=frozenset({"test/a"})) == rows[2:]  # doubted, and tested too
