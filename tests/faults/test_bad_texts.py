"""Broken tables and texts through every door that takes one: read, or refused by a typed error, and nothing else.

2,100 here, ten times as many in the long run (`CASTING_LONG_FAULTS=1`).
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from casting_core.data.collection.exclusion import read_exclusion
from casting_core.data.collection.marks import Mark, Marks, read_marks, set_marks, to_csv
from casting_core.data.provenance.grouping import write_provenance
from casting_core.data.samples import Sample, read_provenance
from casting_core.errors import CastingError
from casting_core.evaluation.predictions import make_predictions, read_predictions, write_predictions
from casting_core.exploration.table import defect_kinds
from casting_core.inspection.settings import Made, Settings, read_settings
from casting_core.labels import Label
from casting_core.networks.card import CARD, read_card
from casting_core.training.logs.log import EpochRecord, read_log, write_log
from casting_core.training.logs.reading import read_any_log
from tests.faults.conftest import small_card
from tests.faults.mutants import broken

COUNT = 3000 if os.environ.get("CASTING_LONG_FAULTS") else 300
SAMPLES = [
    Sample(path=f"train/x/{n}.png", split="train", label=label, sha256=f"{n:064x}", source=n)
    for n, label in enumerate([Label.OK, Label.DEFECTIVE] * 10)
]


def _marks(file: Path) -> None:
    marks = set_marks(Marks(), {s.path: s.sha256 for s in SAMPLES}, Mark.UNUSABLE)
    file.write_text(to_csv(marks), encoding="utf-8")


def _predictions(file: Path) -> None:
    logits = np.linspace(-3, 3, len(SAMPLES))
    write_predictions(file, make_predictions(SAMPLES, "official-test", logits, 1 / (1 + np.exp(-logits))))


def _log(file: Path) -> None:
    names = [name for name in EpochRecord.__dataclass_fields__ if name != "epoch"]
    write_log(file, [EpochRecord(epoch=epoch, **dict.fromkeys(names, 0.5)) for epoch in range(1, 9)])


DOORS: dict[str, tuple[str, Callable[[Path], None], Callable[[Path], object]]] = {
    "marks": ("marks.csv", _marks, read_marks),
    "a list to leave out": ("marks.csv", _marks, lambda file: read_exclusion(file, file.parent, SAMPLES)),
    "settings": (
        "settings.json",
        lambda file: file.write_text(
            Settings(
                threshold_pass=0.1,
                threshold_reject=0.9,
                made=Made(model="small", weights_sha256="0" * 64, costs={"missed_defect": 50}),
            ).to_json()
        ),
        read_settings,
    ),
    "a card": (CARD, lambda file: file.write_text(small_card(b"").to_json()), lambda file: read_card(file.parent)),
    "predictions": ("predictions.csv", _predictions, read_predictions),
    "our log": ("log.csv", _log, lambda file: (read_log(file), read_any_log(file))),
    "photographs": ("samples.csv", lambda file: write_provenance(SAMPLES, file), read_provenance),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_broken_text_is_read_or_refused(tmp_path: Path, door: str) -> None:
    name, write, read = DOORS[door]
    file = tmp_path / name
    write(file)
    read(file)
    whole, chance, said = file.read_bytes(), random.Random(4), []
    for _ in range(COUNT):
        file.write_bytes(broken(whole, chance))
        try:
            read(file)
        except CastingError as error:
            said.append(str(error))
    assert len(said) > COUNT // 20
    assert max(map(len, said)) < 2000


def test_a_broken_table_of_defects_tells_none_or_some(tmp_path: Path) -> None:
    whole, chance = b"path,kind\n" + b"".join(b"%d.png,blow_hole\n" % n for n in range(20)), random.Random(5)
    for _ in range(COUNT):
        (tmp_path / "defects.csv").write_bytes(broken(whole, chance))
        assert len(defect_kinds(tmp_path, [f"{n}.png" for n in range(20)])) == 20
