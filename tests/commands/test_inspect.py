"""The command `inspect` on whole folders, broken files, and with wrong usage."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.commands.inspect import Found, find_pictures
from casting_core.data.synthetic.casting import samples
from tests.commands.conftest import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 good and 6 broken files, some in a sub-folder, and a hidden one."""
    target = tmp_path_factory.mktemp("parts")
    (target / "lot 2").mkdir()
    contents = []
    for sample in samples()[:5]:
        stream = io.BytesIO()
        Image.fromarray(sample.render().pixels).save(stream, "JPEG", quality=92)
        contents.append(stream.getvalue())
    for index in range(10):
        place = target / "lot 2" if index % 5 == 0 else target
        (place / f"part_{index:02d}.jpeg").write_bytes(contents[index % 5])
    for index in range(6):
        whole = contents[index % 5]
        (target / f"broken_{index:02d}.jpeg").write_bytes((b"", whole[: len(whole) // 2], b"no picture")[index % 3])
    (target / ".hidden.jpeg").write_bytes(contents[0])
    return target


def test_a_folder_with_good_and_broken_files(folder: Path, tmp_path: Path):
    maps = tmp_path / "maps"
    result = run("inspect", str(folder), "--format", "jsonl", "--heatmaps", str(maps), cwd=tmp_path)
    assert result.returncode == 3, result.stderr
    lines = [json.loads(line, parse_constant=pytest.fail) for line in result.stdout.splitlines()]
    assert len(lines) == 16
    assert [line["path"] for line in lines] == [str(found.path) for found in find_pictures([str(folder)])]
    unusable = [line for line in lines if line["verdict"] == "unusable"]
    assert len(unusable) == 6
    assert all(line["reason"] and line["probability"] is None and line["regions"] == [] for line in unusable)
    expected = (
        "path sha256 verdict reason probability threshold_pass threshold_reject model device regions width height"
    )
    assert all({*expected.split(), "seconds"} <= set(line) for line in lines)
    heatmap = np.load(maps / "lot 2" / "part_00.npy")
    assert (heatmap.shape, heatmap.dtype) == ((300, 300), np.float32)
    assert Image.open(maps / "lot 2" / "part_00.png").size == (300, 300)
    assert len(list(maps.rglob("*.npy"))) == 10


def test_good_files_alone_exit_with_zero_in_every_format(folder: Path, tmp_path: Path):
    table = run("inspect", str(folder / "part_0[1-4].jpeg"), "--no-explain", cwd=tmp_path)
    assert (table.returncode, len(table.stdout.splitlines())) == (0, 5), table.stderr
    cells = run("inspect", str(folder / "part_01.jpeg"), "--format", "csv", "--batch-size", "1", cwd=tmp_path)
    assert cells.returncode == 0
    (row,) = csv.DictReader(io.StringIO(cells.stdout))
    assert row["verdict"] in ("ok", "review", "defective")


def test_a_missing_file_is_a_line(folder: Path, tmp_path: Path):
    result = run("inspect", "nowhere.jpeg", str(folder / "part_01.jpeg"), "--format", "jsonl", cwd=tmp_path)
    assert result.returncode == 3
    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["verdict"], first["sha256"]) == ("unusable", None)
    assert second["verdict"] != "unusable"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "Missing argument"),
        ("--format xml a.png", "--format"),
        ("a.png --model nothing", "There is no model"),
        ("a.png --device abacus", "abacus"),
        ("a.png --examine", "--format jsonl"),  # answers need lines that can hold them
    ],
)
def test_wrong_usage_exits_with_two(arguments: str, told: str, tmp_path: Path):
    result = run("inspect", *arguments.split(), cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr


def test_pictures_are_found_in_order_without_hidden_ones(tmp_path: Path):
    for name in ("b.png", "a.png", ".c.png", "sub/d.png", ".git/e.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [str(f.below) for f in find_pictures([str(tmp_path)])] == ["a.png", "b.png", "sub/d.png"]
    assert [f.path.name for f in find_pictures([str(tmp_path / "*.png")])] == ["a.png", "b.png"]
    missing = tmp_path / "x.png"
    assert list(find_pictures([str(missing)])) == [Found(path=missing, below=Path("x.png"))]


def test_all_answers_on_a_line(tmp_path: Path):
    Image.fromarray(samples()[2].render().pixels).save(tmp_path / "part.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    result = run("inspect", "broken.png", "part.png", "--format", "jsonl", "--examine", cwd=tmp_path)
    assert result.returncode == 3, result.stderr
    broken, part = (json.loads(line, parse_constant=pytest.fail) for line in result.stdout.splitlines())
    assert broken["examination"] is None
    assert set(part["examination"]) == {"seen_before", "precedents", "proof", "stability"}
