"""The command `benchmark`: the tables that it prints, and the file that it writes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from casting_core.__main__ import app
from casting_core.commands import benchmark
from casting_core.evaluation import speed


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


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["benchmark", "--threads", "1", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_tables_and_file(tmp_path: Path):
    shown = run("--rounds", "3", "--json", str(tmp_path / "speed.json"))
    report = json.loads((tmp_path / "speed.json").read_text())
    assert set(report) == {"machine", "single", "batch"}
    assert report["machine"]["threads"] == 1
    assert report["machine"]["processor"] in shown
    for name in (speed.DECODE, speed.VERDICT, speed.HEATMAP, speed.RESNET, speed.MOBILENET):
        assert f"\n{name} " in shown
    assert f"{report['single']['ratios'][speed.VERDICT]['median']:.3f} × ResNet-18" in shown
    assert "of decoding alone" in shown


def test_growth(tmp_path: Path):
    shown = run("--growth", "--most", "5", "--json", str(tmp_path / "growth.json"))
    report = json.loads((tmp_path / "growth.json").read_text())
    assert [row["pictures"] for row in report["growth"]] == [1, 3, 5]
    assert len([line for line in shown.splitlines() if line.endswith("MiB")]) == 3
