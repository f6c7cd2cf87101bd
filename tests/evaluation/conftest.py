"""What several tests here share."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.evaluation.predictions import Predictions
from casting_core.labels import Label
from casting_core.networks.card import MODELS


@pytest.fixture(scope="module")
def pictures() -> Predictions:
    """90 pictures of 15 photographs, one of them with both labels, with ties."""
    rng = np.random.default_rng(3)
    source = np.sort(rng.integers(0, 15, 90))
    positive = source % 2 == 0
    positive[source == 3] = rng.random((source == 3).sum()) < 0.4
    p = np.clip(rng.normal(0.35 + 0.3 * positive, 0.25), 0, 1).round(2)
    return Predictions(probability=p, positive=positive, source=source)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped model, which `--save` writes to, without what the studies measured."""
    ignored = shutil.ignore_patterns("runs", "detectability.csv", "robustness.csv")
    copy = Path(shutil.copytree(MODELS / "castnet", tmp_path / "castnet", ignore=ignored))
    monkeypatch.setattr("casting_core.networks.card.MODELS", tmp_path)
    return copy


def lay_out(root: Path, labels: Iterable[Label], seed: int, sources: Iterable[int]) -> list[Sample]:
    """Castings of 300 px laid out like the public set, all in its test; the defective ones with a blow hole."""
    samples = []
    for number, (label, source) in enumerate(zip(labels, sources, strict=True)):
        path = f"test/{'def_front' if label.positive else 'ok_front'}/{number}.png"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        defects = [DefectKind.BLOW_HOLE] if label.positive else []
        Image.fromarray(render_casting(seed=seed + number, defects=defects).pixels).save(root / path)
        samples.append(Sample(path=path, split="test", label=label, source=source, fold=source % 2))
    for name in ("def_front", "ok_front"):
        (root / "train" / name).mkdir(parents=True)
    return samples
