"""The command `data index`: what it makes, what it tells, and that a second call has nothing to do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from casting_core.data.synthetic.casting import render_casting
from casting_core.exploration import cache
from tests import ROOT
from tests.commands.conftest import data
from tests.exploration.handmade import find_index

STAGES = [
    *("Looking for an index of these pictures", "Reading the pictures", "Comparing all pairs", "Finding photographs"),
    *("Judging the pictures", "Drawing the map"),
]


def run(*arguments: str, cwd: Path, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    return data("index", *arguments, cwd=cwd, code=code, **{cache.VARIABLE: str(cwd / "cache"), **variables})


@pytest.fixture
def castings(tmp_path: Path) -> Path:
    """Two classes of two castings each in train and test, laid out like the public set, and a file that is none."""
    for number, name in enumerate(("train/def_front", "train/ok_front", "test/def_front", "test/ok_front")):
        folder = tmp_path / "data" / "casting_data" / name
        folder.mkdir(parents=True)
        Image.fromarray(render_casting(seed=number, size=80).pixels).save(folder / "ü.png")
    (tmp_path / "data" / "casting_data" / "test" / "ok_front" / "broken.png").write_bytes(b"x")
    return tmp_path


def told(output: str) -> list[tuple[int, int, str]]:
    """Progress as a program reads it."""
    lines = [line.split("\t") for line in output.splitlines()]
    return [(int(done), int(total), what) for done, total, what in lines]


def test_an_index_is_made_told_of_and_found_again(castings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(run("--lines", "--data", "data", cwd=castings).stdout)
    assert list(dict.fromkeys(what for *_, what in said)) == STAGES
    for stage in STAGES:
        steps = [(done, total) for done, total, what in said if what == stage]
        assert (steps[0][0], steps[-1][0]) == (0, steps[-1][1])
    assert (5, 5, "Reading the pictures") in said
    monkeypatch.setenv(cache.VARIABLE, str(castings / "cache"))
    found, valid = find_index(castings / "data" / "casting_data")  # the folder that holds train and test
    assert valid
    assert (found.paths[0], len(found)) == ("test/def_front/ü.png", 4)

    second = run(cwd=castings, CASTING_DATA="data")
    folder = castings / "cache" / "indexes" / found.key
    assert second.stdout.replace("\n", "") == f"Indexed: 4 pictures, 1 unreadable, in {folder}"
    assert second.stderr == ""  # no bar where nobody sees it
    third = run("--lines", "--data", "data/casting_data", cwd=castings)
    assert told(third.stdout) == [(0, 1, STAGES[0]), (1, 1, STAGES[0])]


def test_what_goes_wrong_is_said_in_a_sentence(castings: Path) -> None:
    (castings / "file").write_text("in the way")
    cases = {
        "There is no folder nowhere": (["--data", "nowhere"], {}),
        "There is no folder data/casting_data": ([], {"CASTING_DATA": "data/casting_data/none"}),
        "one sub-folder for each class": (["--data", "data/casting_data/train/ok_front"], {}),
        "set CASTING_CACHE to a folder that can be written": (["--data", "data"], {cache.VARIABLE: "file/cache"}),
    }
    for words, (arguments, variables) in cases.items():
        result = run("--lines", *arguments, cwd=castings, code=2, **variables)
        assert words in result.stderr
        assert result.stderr.startswith("Error: ")
        assert all(what == STAGES[0] for *_, what in told(result.stdout))


def test_who_stops_it_leaves_nothing_that_counts_as_an_index(castings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = [sys.executable, "-m", "casting_core", "data", "index", "--lines", "--data", "data"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), cache.VARIABLE: str(castings / "cache")}
    with subprocess.Popen(line, cwd=castings, env=environment, stdout=subprocess.PIPE, text=True) as process:
        began = time.monotonic()
        for text in process.stdout or ():  # lines come while it works, not at its end
            assert time.monotonic() - began < 300
            if "Reading the pictures" in text:
                break
        process.terminate()
    assert process.returncode != 0
    monkeypatch.setenv(cache.VARIABLE, str(castings / "cache"))
    assert find_index(castings / "data" / "casting_data") == (None, False)
    assert not list((castings / "cache" / "indexes").glob("[!.]*"))
