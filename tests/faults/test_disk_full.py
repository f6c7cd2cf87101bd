"""A disk that is full, or may not be written to: what was there stays whole, and a sentence says why.

Each writer is refused at its first step that takes space, then at its second, and so on; and once more on a real disk
that is full, and on one that may be read only, where this system lets a test have such.
"""

import errno
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.collection.marks import MARKS, Mark, Marks, read_marks, set_mark, write_marks
from casting_core.errors import CastingError, DataError, ModelError
from casting_core.exploration import index
from casting_core.exploration.index import build_index
from casting_core.networks.card import read_card
from casting_core.networks.checkpoint import add_metrics, load_model
from casting_core.networks.figures import Metrics
from casting_core.networks.localization_figures import RepairFigures
from casting_core.training.ship import ship
from tests import ROOT
from tests.exploration.handmade import find_index
from tests.factories import bare, seed
from tests.faults.breaking import deaths, refusals
from tests.faults.conftest import write_runs

SHA = "ab" * 32
NO_REPAIR = bare(RepairFigures)
CODES = [errno.ENOSPC, errno.EROFS]


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but locks."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.endswith(".lock")
    }


def told(error: BaseException, code: int) -> bool:
    return os.strerror(code) in str(error)


@pytest.mark.parametrize("code", CODES)
def test_a_card_stays_as_it_was(model: Callable[..., Path], code: int) -> None:
    folder = model(metrics=Metrics(seeds={"1": seed()}))
    before = contents(folder)
    count = 0
    for error in refusals(lambda: add_metrics(folder, "repair", NO_REPAIR), code):
        count += 1
        assert isinstance(error, ModelError)
        assert told(error, code)
        assert contents(folder) == before
    assert count > 2
    assert read_card(folder).metrics.repair == NO_REPAIR


@pytest.mark.parametrize("code", CODES)
def test_marks_stay_as_they_were(tmp_path: Path, code: int) -> None:
    file = tmp_path / MARKS
    write_marks(file, set_mark(Marks(), "a.png", SHA, Mark.FINE))
    before = contents(tmp_path)
    marks = set_mark(read_marks(file), "b.png", SHA, Mark.UNUSABLE)
    for error in refusals(lambda: write_marks(file, marks), code):
        assert isinstance(error, DataError)
        assert told(error, code)
        assert "Export them" in str(error)
        assert contents(tmp_path) == before
    assert set(read_marks(file)) == {"a.png", "b.png"}


@pytest.mark.parametrize("code", CODES)
def test_no_index_is_better_than_half_of_one(
    quick: None, own_cache: Path, small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    root = small()
    made, known = index.project(np.eye(4, 3)), index.read_provenance()
    monkeypatch.setattr(index, "project", lambda features: made)
    monkeypatch.setattr(index, "read_provenance", lambda: known)
    count = 0
    for error in refusals(lambda: build_index(root), code):
        count += 1
        assert isinstance(error, DataError)
        assert told(error, code)
        assert find_index(root)[1] is False
    assert count > 8
    assert len(build_index(root)) == 4


@pytest.fixture
def evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of the same predictions are computed once: they are not what is tried here."""
    module = importlib.import_module("casting_core.training.ship")
    real, kept = module.evaluate, {}

    def evaluate(rows: list, *given: object, **more: object) -> object:
        key = tuple(row.logit for row in rows)
        if key not in kept:
            kept[key] = real(rows, *given, **more)
        return kept[key]

    monkeypatch.setattr(module, "evaluate", evaluate)


def test_a_model_that_is_shipped_over_another_is_never_made_of_two(tmp_path: Path, evaluated_once: None) -> None:
    target = tmp_path / "models" / "small"
    old_runs, new_runs = write_runs(tmp_path / "old", 1), write_runs(tmp_path / "new", 2)
    ship(*old_runs, target)
    old = contents(target)
    ship(*new_runs, target)
    new = contents(target)
    assert all(old[name] != new[name] for name in ("card.json", "weights.safetensors", "predictions.csv"))
    gone = 0
    for error in refusals(lambda: ship(*old_runs, target)):
        assert isinstance(error, DataError)
        assert told(error, errno.ENOSPC)
        assert [each.name for each in target.parent.iterdir()] == ["small"]
        gone += _whole_or_none(target, old, new)
        ship(*new_runs, target)
    assert not _whole_or_none(target, old, new)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_a_ship_that_sinks_leaves_one_whole_model_or_none(tmp_path: Path, evaluated_once: None) -> None:
    target = tmp_path / "models" / "small"
    old_runs, new_runs = write_runs(tmp_path / "old", 1), write_runs(tmp_path / "new", 2)
    ship(*new_runs, target)
    new = contents(target)
    ship(*old_runs, target)
    old = contents(target)
    gone = count = 0
    for _ in deaths(lambda: ship(*new_runs, target)):
        count += 1
        gone += _whole_or_none(target, old, new)
        for name, content in old.items():
            (target / name).write_bytes(content)
    assert count > 20
    assert gone  # between the first and the last file that is put in place
    ship(*new_runs, target)
    assert contents(target) == new


def _whole_or_none(target: Path, old: dict[str, bytes], new: dict[str, bytes]) -> bool:
    """Whether there is no model at all; where there is one, it must be whole."""
    try:
        load_model("small", target.parent)
    except ModelError:
        assert not (target / "card.json").exists()
        return True
    assert contents(target) in (old, new)
    return False


@pytest.mark.parametrize("name", ["settings.json", "result.json", "data.json", "predictions.csv", "samples.csv"])
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_damaged_run_is_not_shipped(tmp_path: Path, name: str, damage: bytes) -> None:
    official, by_source = write_runs(tmp_path / "runs")
    (official / name).write_bytes(damage)
    with pytest.raises(DataError, match=name.replace(".", r"\.")):
        ship(official, by_source, tmp_path / "models" / "small")
    assert not (tmp_path / "models").exists()


REAL = """
import json, os, sys
from pathlib import Path
from casting_core.data.collection.marks import MARKS, Mark, Marks, read_marks, set_mark, write_marks
from casting_core.errors import CastingError
from casting_core.training.ship import ship
from casting_core.networks.checkpoint import add_metrics
from tests.factories import seed
from casting_core.networks.card import read_card
from tests.faults.conftest import write_runs

place, runs = Path(sys.argv[1]), Path(sys.argv[2])
SHA = "ab" * 32
def mount(*options): assert os.spawnlp(os.P_WAIT, "mount", "mount", *options, str(place)) == 0
mount("-t", "tmpfs", "-o", "size=256k", "tmpfs")
official, by_source = write_runs(runs)
ship(official, by_source, place / "small")
write_marks(place / MARKS, set_mark(Marks(), "a.png", SHA, Mark.FINE))
before = {f: f.read_bytes() for f in place.rglob("*") if f.is_file()}
def attempt(work):
    try: work()
    except CastingError as error: return str(error)
    return "DONE"
tried = {
    "marks": lambda: write_marks(place / MARKS, set_mark(read_marks(place / MARKS), "b.png" * 9999, SHA, Mark.FINE)),
    "card": lambda: add_metrics(place / "small", "seeds", {str(n): seed("a.png") for n in range(9999)}),
    "ship": lambda: ship(official, by_source, place / "small"),
}
said = {}
(place / "filler").write_bytes(b"")
try:
    with open(place / "filler", "ab", buffering=0) as stream:
        while True: stream.write(bytes(4096))
except OSError: pass
for name, work in tried.items(): said["full " + name] = attempt(work)
os.unlink(place / "filler")
mount("-o", "remount,ro")
for name, work in tried.items(): said["read only " + name] = attempt(work)
same = {f: f.read_bytes() for f in place.rglob("*") if f.is_file()} == before
print(json.dumps({"said": said, "same": same, "card": read_card(place / "small").name}))
"""


def test_a_real_disk_that_is_full_or_read_only(tmp_path: Path) -> None:
    """In a process that has its own view of the system's disks, which ends with it."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True) if _has_unshare() else None
    if tried is None or tried.returncode:
        pytest.skip("needs a system on which a test may have a disk of its own")
    (tmp_path / "disk").mkdir()
    command = ["unshare", "--mount", sys.executable, "-c", REAL, str(tmp_path / "disk"), str(tmp_path / "runs")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    if "mount" in run.stderr and "AssertionError" in run.stderr:
        pytest.skip("needs a system on which a test may mount a disk")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["same"]
    assert (found["card"], len(found["said"])) == ("small", 6)
    for what, said in found["said"].items():
        reason = "No space left" if what.startswith("full") else "Read-only file system"
        assert reason in said, (what, said)


def _has_unshare() -> bool:
    return any(os.access(Path(folder, "unshare"), os.X_OK) for folder in os.environ.get("PATH", "").split(os.pathsep))


def test_results_that_cannot_be_written_end_the_command_with_a_sentence(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs a device that is always full")
    Image.new("L", (64, 64)).save(tmp_path / "a.png")
    command = [sys.executable, "-m", "casting_core", "inspect", str(tmp_path), "--model", "brightness"]
    with open("/dev/full", "wb") as full:
        run = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=200)
    assert run.returncode
    assert "No space left" in run.stderr
    assert "Traceback" not in run.stderr


def test_every_refusal_is_noticed(tmp_path: Path) -> None:
    """The harness itself: a writer that swallows the refusal is found out."""

    def careless() -> None:
        try:
            (tmp_path / "new").mkdir()
        except OSError:
            return

    (error,) = refusals(careless)
    assert isinstance(error, AssertionError)
    assert not isinstance(error, CastingError)
