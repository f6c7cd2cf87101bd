"""Processes that train together: alone nothing changes, two learn what one learns."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from casting_core.training.distributed import Group, join
from casting_core.training.logs.log import EpochRecord, read_log
from tests import ROOT

SCRIPT = Path(__file__).with_name("together.py")


def test_one_process_alone() -> None:
    group, place = join("cpu")
    assert (group, place) == (Group(rank=0, size=1), torch.device("cpu"))
    assert group.first
    assert group.total(torch.tensor(3.0)) == 3
    assert group.gather("a") == ["a"]
    module = torch.nn.Linear(1, 1)
    assert group.together(module) is module
    group.same_buffers(module)
    group.wait()


def fit(folder: Path, *launcher: str) -> list[EpochRecord]:
    root = str(ROOT)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": root}
    command = [sys.executable, *launcher, str(SCRIPT), str(folder)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    return read_log(folder / "log.csv")


@pytest.mark.slow
def test_castnet_learns_in_two_processes_what_it_learns_in_one(tmp_path: Path) -> None:
    """Its statistics are of half a batch each, so that the same is learned but for noise."""
    one = fit(tmp_path / "one")
    two = fit(tmp_path / "two", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    assert [r.epoch for r in two] == [r.epoch for r in one] == [1, 2]
    assert two[0].learning_rate == one[0].learning_rate
    for alone, together in zip(one, two, strict=True):
        assert together.train_loss == pytest.approx(alone.train_loss, rel=0.25)
        assert together.validation_loss == pytest.approx(alone.validation_loss, rel=0.25)
