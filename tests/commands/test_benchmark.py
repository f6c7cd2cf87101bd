"""The command `benchmark`: the tables that it prints, and the file that it writes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from casting_core.commands import benchmark
from casting_core.evaluation import speed
from tests import says
from tests.commands.conftest import invoke

BRIEF = ("benchmark", "--threads", "1")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shortest benchmark there is; it sets the number of threads for the whole process."""
    before = torch.get_num_threads()
    monkeypatch.setattr(benchmark, "BATCH", 2)
    monkeypatch.setattr(benchmark, "GROWTH", (1, 3))
    monkeypatch.setattr(speed, "WARM_UP", 0)
    monkeypatch.setattr(speed, "EVERY", 1)
    yield
    torch.set_num_threads(before)


def test_tables_and_file(tmp_path: Path):
    shown = invoke(*BRIEF, "--rounds", "3", "--json", str(tmp_path / "speed.json")).stdout
    report = json.loads((tmp_path / "speed.json").read_text())
    assert (set(report), report["machine"]["threads"]) == ({"machine", "single", "batch"}, 1)
    assert report["machine"]["processor"] in shown
    for name in (speed.DECODE, speed.VERDICT, speed.HEATMAP, speed.RESNET, speed.MOBILENET):
        assert f"\n{name} " in shown
    says(shown, f"{report['single']['ratios'][speed.VERDICT]['median']:.3f} × ResNet-18", "of decoding alone")


def test_growth(tmp_path: Path):
    shown = invoke(*BRIEF, "--growth", "--most", "5", "--json", str(tmp_path / "growth.json")).stdout
    report = json.loads((tmp_path / "growth.json").read_text())
    assert [row["pictures"] for row in report["growth"]] == [1, 3, 5]
    assert len([line for line in shown.splitlines() if line.endswith("MiB")]) == 3
