"""How long OpenMP's threads wait: set where a process begins, unless somebody has."""

import os
import subprocess
import sys

import pytest

from casting_core.system.openmp import SPINS, wait_briefly


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "")  # so that what is set meanwhile goes again
        monkeypatch.delenv(name)
    return monkeypatch


def test_it_is_set(environment: pytest.MonkeyPatch) -> None:
    wait_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == str(SPINS)


@pytest.mark.parametrize(("name", "value"), [("GOMP_SPINCOUNT", "7"), ("OMP_WAIT_POLICY", "ACTIVE")])
def test_what_somebody_has_set_stays(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    wait_briefly()
    assert {key: os.environ.get(key) for key in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")} == {
        "GOMP_SPINCOUNT": None,
        "OMP_WAIT_POLICY": None,
        name: value,
    }


ENTRIES = {"app.py": "import app", "the command line": "from casting_core.__main__ import main; main()"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_nothing_imports_torch_before_it_is_set(entry: str) -> None:
    """OpenMP reads it once, when it is loaded."""
    watch = "openmp.wait_briefly = lambda: sys.exit(0 if 'torch' not in sys.modules else 'torch was imported before')"
    code = f"import sys; from casting_core.system import openmp; {watch}; {ENTRIES[entry]}; sys.exit('it was not set')"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
