"""`data audit` writes the signatures beside the table, and `data signatures` makes the shipped ones again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casting_core.data.provenance.library import SIGNATURES, read_signatures
from casting_core.data.samples import PROVENANCE
from tests import ROOT


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "casting_core", "data", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=900, check=False)


def test_the_audit_writes_signatures_beside_its_table(tmp_path: Path) -> None:
    rendered = run("render", "--out", "set", "--count", "40", "--size", "96", cwd=tmp_path)
    assert rendered.returncode == 0, rendered.stderr
    shipped = PROVENANCE.stat().st_mtime_ns
    refused = run("audit", "--data", "set", cwd=tmp_path)
    assert refused.returncode == 2
    assert "give --out" in refused.stderr
    assert PROVENANCE.stat().st_mtime_ns == shipped
    audited = run("audit", "--data", "set", "--out", "facts.csv", cwd=tmp_path)
    assert audited.returncode == 0, audited.stderr
    library = read_signatures(tmp_path / "signatures.npz", tmp_path / "facts.csv")
    assert 0 < len(library.photographs) <= 40
    assert f"Written: {len(library.photographs)} photographs" in audited.stdout
    assert all((tmp_path / "set" / s.path).is_file() for p in library.photographs for s in p.representatives)


def test_the_shipped_signatures_can_be_made_again(data_root: Path, tmp_path: Path) -> None:
    if "CASTING_AUDIT" not in os.environ:
        pytest.skip("takes minutes; set CASTING_AUDIT=1 to make the signatures of the whole set again")
    made = run("signatures", "--data", str(data_root), "--out", "again.npz", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    again, shipped = read_signatures(tmp_path / "again.npz"), read_signatures(SIGNATURES)
    assert again.photographs == shipped.photographs
    assert again.spectra.threshold == pytest.approx(shipped.spectra.threshold, abs=1e-3)


def test_rates_of_a_set_that_is_not_there_name_the_way_to_it(tmp_path: Path) -> None:
    for command in ("signatures", "recognise"):
        result = run(command, "--data", "nowhere", cwd=tmp_path)
        assert result.returncode == 2
        assert "data fetch" in result.stderr
        assert "Traceback" not in result.stderr
