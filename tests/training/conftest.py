"""What several tests here share."""

import io
from pathlib import Path

import pytest
from PIL import Image

from casting_core.data.collection.collection import Collection
from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.labels import Label
from casting_core.training.settings import Recipe, TrainingSettings

SETTINGS = TrainingSettings(size=64, epochs=1, batch_size=8, recipe=Recipe(defective_draws=2, ok_draws=2))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Sample]]:
    """Sixteen rendered castings as a data set with provenance: eight photographs a label, two folds."""
    folder = tmp_path_factory.mktemp("data")
    rows = []
    for number in range(16):
        label = Label.DEFECTIVE if number % 2 else Label.OK
        split = "test" if number < 4 else "train"
        path = f"{split}/{'def_front' if label.positive else 'ok_front'}/{number}.png"
        rendered = render_casting(seed=number, size=96, defects=(DefectKind.BLOW_HOLE,) if label.positive else ())
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        stream = io.BytesIO()
        Image.fromarray(rendered.pixels).save(stream, "PNG")
        (folder / path).write_bytes(stream.getvalue())
        rows.append(Sample(path=path, sha256="0" * 64, split=split, label=label, source=number, fold=number // 2 % 2))
    return folder, rows


def collection(folder: Path, rows: list[Sample]) -> Collection:
    return Collection(
        root=folder,
        samples=tuple(rows),
        classes={"def_front": Label.DEFECTIVE, "ok_front": Label.OK},
        guessed=False,
        grouping="part",
        official=True,
        folds=2,
        sizes={(96, 96): len(rows)},
        notes=(),
    )
