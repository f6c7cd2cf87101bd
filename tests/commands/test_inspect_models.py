"""`inspect --model` with models of another product, without a map, and damaged."""

import json
from pathlib import Path

import pytest

from casting_core.data.synthetic.casting import samples
from casting_core.errors import ModelError
from tests.commands.conftest import invoke, refused
from tests.factories import encoded
from tests.inspection.other_models import use


@pytest.fixture
def picture(made_models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A casting as a file, with models of every kind."""
    use(made_models, monkeypatch)
    file = tmp_path / "part.png"
    file.write_bytes(encoded(samples()[2].render().pixels))
    return file


INSPECT = ("inspect", "--device", "cpu")


def test_a_model_of_another_product_is_examined_without_a_part(picture: Path, tmp_path: Path):
    maps = tmp_path / "maps"
    given = ("--model", "flanges", "--format", "jsonl", "--examine", "--heatmaps", str(maps))
    line = json.loads(invoke(*INSPECT, str(picture), *given).stdout)
    assert line["model"] == "flanges"
    assert line["regions"]
    assert {(region["clock"], region["radius"]) for region in line["regions"]} == {(None, None)}
    examined = line["examination"]
    assert examined["seen_before"] is examined["proof"] is None
    assert {label: len(found) for label, found in examined["precedents"].items()} == {"ok": 1, "defective": 1}
    assert sorted(file.name for file in maps.iterdir()) == ["part.npy", "part.png"]


def test_a_model_without_a_map_says_why_there_are_no_heatmaps(picture: Path, tmp_path: Path):
    maps = tmp_path / "maps"
    result = invoke(*INSPECT, str(picture), "--model", "plates", "--format", "jsonl", "--heatmaps", str(maps))
    assert json.loads(result.stdout)["regions"] == []
    assert "plates has no map of its evidence" in result.stderr
    assert not maps.exists()


@pytest.mark.parametrize("model", ["flanges", "plates"])
def test_the_table_needs_no_clock(picture: Path, model: str):
    said = invoke(*INSPECT, str(picture), "--model", model).stdout
    assert "o'clock" not in said
    assert "%" in said


@pytest.mark.parametrize(("model", "told"), [("damaged", "its card describes"), ("moon", "There is no model 'moon'")])
def test_a_model_that_cannot_be_loaded_is_an_error_of_the_project(picture: Path, model: str, told: str):
    """`__main__.main` turns it into a sentence and exit code 2."""
    error = refused(*INSPECT, str(picture), "--model", model)
    assert isinstance(error, ModelError)
    assert told in str(error)
