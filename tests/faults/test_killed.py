"""Programs that are killed in the middle: what they leave is whole, and the next one goes on.

A training that is killed between its epochs: `tests/commands/test_train.py`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from casting_core.data.collection.marks import MARKS, Mark, Marks, read_marks, set_mark, to_csv, write_marks
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import CastingError, ModelError
from casting_core.evaluation.predictions import Prediction, read_predictions, write_predictions
from casting_core.exploration import index
from casting_core.exploration.cache import cache_folder
from casting_core.exploration.index import build_index
from casting_core.networks.card import read_card
from casting_core.networks.checkpoint import add_metrics, load_model, save_model
from casting_core.networks.figures import Metrics
from casting_core.networks.localization_figures import RepairFigures
from casting_core.training.state import load_state, save_state
from tests import ROOT
from tests.exploration.handmade import find_index, same
from tests.factories import bare, prediction, seed
from tests.faults.breaking import deaths
from tests.faults.conftest import small_card, some_weights

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
SHA = "ab" * 32


def test_a_card_is_the_old_or_the_new_one(model: Callable[..., Path]) -> None:
    folder = model(metrics=Metrics(seeds={"1": seed()}))
    old, many = read_card(folder), {"2": seed(*map(str, range(2000)))}
    count = 0
    for _ in deaths(lambda: add_metrics(folder, "seeds", many)):
        count += 1
        found = read_card(folder)
        assert found == old or found.metrics.seeds == many
        load_model("small", folder.parent)
    assert count > 3
    repair = bare(RepairFigures)
    add_metrics(folder, "repair", repair)
    assert read_card(folder).metrics == Metrics(seeds=many, repair=repair)


def test_a_model_is_whole_or_refused_and_can_be_saved_again(model: Callable[..., Path]) -> None:
    folder = model(seed=0)
    weights = some_weights(1)
    old, new = read_card(folder), small_card(weights)
    refused = count = 0
    for _ in deaths(lambda: save_model(folder, weights, new)):
        count += 1
        try:
            assert load_model("small", folder.parent)[1] in (old, new)
        except ModelError as error:
            refused += "not the file that its card describes" in str(error)
        model(seed=0)
    assert count > 6
    assert refused  # between weights and card
    save_model(folder, weights, new)
    assert load_model("small", folder.parent)[1] == new


def test_marks_are_as_they_were_or_as_they_are_to_be(tmp_path: Path) -> None:
    file = tmp_path / MARKS
    write_marks(file, set_mark(Marks(), "a.png", SHA, Mark.FINE))
    before = file.read_bytes()
    after = set_mark(read_marks(file), "b.png", SHA, Mark.UNUSABLE)
    count = 0
    for _ in deaths(lambda: write_marks(file, after)):
        count += 1
        assert file.read_bytes() in (before, to_csv(after).encode())
        read_marks(file)
        file.write_bytes(before)
    assert count > 4
    assert set(write_marks(file, after)) == {"a.png", "b.png"}  # nobody is locked out


def test_predictions_are_the_old_or_the_new_ones(tmp_path: Path) -> None:
    file = tmp_path / "predictions.csv"

    def rows(number: int) -> list[Prediction]:
        return [prediction(f"{n}.png", source=n, logit=1.5) for n in range(number)]

    write_predictions(file, rows(3))
    for _ in deaths(lambda: write_predictions(file, rows(500))):
        assert len(read_predictions(file)) in (3, 500)


def test_a_run_goes_on_from_a_whole_state(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    network = torch.nn.Linear(50, 50)
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 50)).sum().backward()
    optimizer.step()
    save_state(file, network, optimizer, epoch=1)
    for _ in deaths(lambda: save_state(file, network, optimizer, epoch=2)):
        assert load_state(file, network, optimizer) in (1, 2)


def test_an_index_that_was_begun_is_none_and_is_made_anew(
    quick: None, own_cache: Path, small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = small()
    for slow in ("read_provenance", "project"):  # the same each time
        monkeypatch.setattr(index, slow, _once(getattr(index, slow)))
    whole = build_index(root)
    monkeypatch.setenv("CASTING_CACHE", str(own_cache.with_name("another")))
    count = 0
    for _ in deaths(lambda: build_index(root)):
        count += 1
        found, valid = find_index(root)
        assert found is not None or not valid
        assert found is None or same(found, whole)
    assert count > 20
    assert same(build_index(root), whole)
    indexes = [each for each in (cache_folder() / "indexes").iterdir() if not each.name.startswith(".")]
    assert len(indexes) == 1  # what the dead left is hidden, and goes after a day


def _once(function: Callable) -> Callable:
    kept: list[object] = []

    def call(*given: object) -> object:
        if not kept:
            kept.append(function(*given))
        return kept[0]

    return call


def test_a_batch_that_is_killed_leaves_whole_lines(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    pixels = render_casting(seed=1, size=128).pixels
    for number in range(300):
        Image.fromarray(np.roll(pixels, number, axis=1)).save(pictures / f"{number:03d}.png")
    written = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "casting_core", "inspect", str(pictures), "--format", "jsonl"]
    command += ["--model", "brightness", "--batch-size", "1"]
    with written.open("wb") as stream, subprocess.Popen(command, cwd=ROOT, stdout=stream) as run:
        deadline = time.monotonic() + 120
        while written.stat().st_size < 3000 and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        run.send_signal(signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL, "it ended before it could be killed"
    content = written.read_bytes()
    assert content.endswith(b"\n")
    lines = [json.loads(line) for line in content.splitlines()]
    assert 3 <= len(lines) < 300
    assert [Path(line["path"]).name for line in lines] == [f"{number:03d}.png" for number in range(len(lines))]
    assert all(line["verdict"] for line in lines)


def test_a_reader_and_a_writer_at_once_see_whole_cards(model: Callable[..., Path]) -> None:
    """The writer is killed at a moment of its own, again and again, while the card is read."""
    folder = model()
    for turn in range(8):
        child = os.fork()
        if child == 0:
            try:
                number = 0
                while True:
                    number += 1
                    add_metrics(folder, "seeds", {"1": seed(*[str(number)] * 300)})
            finally:
                os._exit(1)
        end = time.monotonic() + 0.02 + 0.01 * turn
        try:
            while time.monotonic() < end:
                seeds = read_card(folder).metrics.seeds
                assert seeds is None or len(set(seeds["1"].wrong_pictures)) == 1
        except CastingError as error:
            raise AssertionError("a card was read that was half-written") from error
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
