"""Models of one's own beside those that ship (`CASTING_MODELS`)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casting_core.networks.card import DEFAULT, MODELS, folder_of, homes, shipped
from casting_core.system.places import SHIPPED_MODELS
from tests import ROOT

ASK = """
from casting_core import Inspector
from casting_core.errors import ModelError
from casting_core.networks.card import folder_of, read_card, shipped
from casting_core.training.logs.runs import shipped_runs
print(*shipped())
print(folder_of("castnet"), folder_of("own"), folder_of("nowhere"), sep="\\n")
print(Inspector.load("own").card.name)
print(*sorted(entry.name for entry in shipped_runs() if entry.name == entry.model))
try:
    read_card(folder_of("nowhere"))
except ModelError as error:
    print(error)
"""


@pytest.mark.skipif(MODELS != SHIPPED_MODELS, reason="CASTING_MODELS is set")
def test_without_the_variable_there_is_one_folder() -> None:
    assert homes() == (SHIPPED_MODELS,)
    assert folder_of(DEFAULT) == SHIPPED_MODELS / DEFAULT


def test_another_folder_that_is_named_is_looked_at_alone(tmp_path: Path) -> None:
    assert shipped(tmp_path) == []
    assert folder_of(DEFAULT, tmp_path) == tmp_path / DEFAULT


@pytest.mark.parametrize("written", ["{}", "{}/", "{}/."])
def test_the_variable_may_be_written_in_any_way(written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASTING_MODELS", written.format(tmp_path))
    assert homes(tmp_path) == (tmp_path, SHIPPED_MODELS)
    assert folder_of(DEFAULT, tmp_path) == SHIPPED_MODELS / DEFAULT


@pytest.mark.parametrize("own", ["", str(SHIPPED_MODELS)])
def test_a_variable_that_names_nothing_else_changes_nothing(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASTING_MODELS", own)
    assert homes(SHIPPED_MODELS) == (SHIPPED_MODELS,)


def test_models_of_ones_own_stand_beside_those_that_ship(tmp_path: Path) -> None:
    own = Path(shutil.copytree(SHIPPED_MODELS / "brightness", tmp_path / "own"))
    card = (own / "card.json").read_text(encoding="utf-8").replace('"name": "brightness"', '"name": "own"')
    (own / "card.json").write_text(card, encoding="utf-8")
    (tmp_path / "castnet").mkdir()  # without a card it hides nothing
    asked, how = [sys.executable, "-c", ASK], {"capture_output": True, "text": True, "check": True, "timeout": 120}
    done = subprocess.run(asked, env={**os.environ, "CASTING_MODELS": str(tmp_path)}, cwd=ROOT, **how)
    names, castnet, mine, nowhere, loaded, trained, missing = done.stdout.splitlines()
    assert names.split() == [DEFAULT, *sorted({*shipped(SHIPPED_MODELS), "own"} - {DEFAULT})]
    assert Path(castnet) == SHIPPED_MODELS / "castnet"
    assert Path(mine) == own
    assert Path(nowhere) == tmp_path / "nowhere"
    assert (loaded, sorted(names.split())) == ("own", trained.split())
    assert missing.endswith(f"there are: {', '.join(trained.split())}.")
