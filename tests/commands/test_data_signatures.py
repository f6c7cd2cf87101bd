"""`data audit` writes the signatures beside the table, and `data signatures` makes the shipped ones again."""

import os
from pathlib import Path

import pytest

from casting_core.data.provenance.library import SIGNATURES, read_signatures
from casting_core.data.samples import PROVENANCE
from casting_core.data.synthetic.dataset import render_set
from tests.commands.conftest import data


def test_the_audit_writes_signatures_beside_its_table(tmp_path: Path) -> None:
    render_set(tmp_path / "set", 40, size=96)
    shipped = PROVENANCE.stat().st_mtime_ns
    assert "give --out" in data("audit", "--data", "set", cwd=tmp_path, code=2).stderr
    assert PROVENANCE.stat().st_mtime_ns == shipped
    audited = data("audit", "--data", "set", "--out", "facts.csv", cwd=tmp_path)
    library = read_signatures(tmp_path / "signatures.npz", tmp_path / "facts.csv")
    assert 0 < len(library.photographs) <= 40
    assert f"Written: {len(library.photographs)} photographs" in audited.stdout
    assert all((tmp_path / "set" / s.path).is_file() for p in library.photographs for s in p.representatives)


def test_the_shipped_signatures_can_be_made_again(data_root: Path, tmp_path: Path) -> None:
    if "CASTING_AUDIT" not in os.environ:
        pytest.skip("takes minutes; set CASTING_AUDIT=1 to make the signatures of the whole set again")
    data("signatures", "--data", str(data_root), "--out", "again.npz", cwd=tmp_path)
    again, shipped = read_signatures(tmp_path / "again.npz"), read_signatures(SIGNATURES)
    assert again.photographs == shipped.photographs
    assert again.spectra.threshold == pytest.approx(shipped.spectra.threshold, abs=1e-3)


def test_rates_of_a_set_that_is_not_there_name_the_way_to_it(tmp_path: Path) -> None:
    for command in ("signatures", "recognise"):
        assert "data fetch" in data(command, "--data", "nowhere", cwd=tmp_path, code=2).stderr
