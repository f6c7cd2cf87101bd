"""The library of known photographs: chosen representatives, and files that belong together."""

from pathlib import Path

import numpy as np
import pytest

from casting_core.data.provenance.library import (
    REPRESENTATIVES,
    SIGNATURES,
    choose_representatives,
    read_signatures,
    write_signatures,
)
from casting_core.data.samples import PROVENANCE, read_provenance
from casting_core.errors import DataError


def strip(seed: int) -> np.ndarray:
    """A strip that resembles no other."""
    return np.random.default_rng(seed).standard_normal((64, 512)).astype(np.float32)


def test_images_that_are_all_alike_have_one_representative() -> None:
    assert choose_representatives([strip(0)] * 5, 3) == [3]


def test_each_further_one_is_what_those_before_resemble_least() -> None:
    strips = [strip(0), strip(0), strip(1), strip(2), strip(3)]
    chosen = choose_representatives(strips, 1)
    assert chosen[0] == 1
    assert len(chosen) == REPRESENTATIVES
    assert 0 not in chosen[1:]  # it is the first one's like


def test_what_ships_is_one_to_three_of_every_photograph_of_the_training_split() -> None:
    library, samples = read_signatures(), read_provenance()
    train = [sample for sample in samples if sample.split == "train"]
    assert sum(photograph.pictures for photograph in library.photographs) <= len(train)
    for photograph in library.photographs:
        assert 1 <= len(photograph.representatives) <= REPRESENTATIVES
        assert {sample.source for sample in photograph.representatives} == {photograph.source}
    assert library.files.keys() == {sample.sha256 for sample in train}


def test_written_and_read_again_it_is_the_same(tmp_path: Path) -> None:
    library = read_signatures()
    write_signatures(library, read_provenance(), tmp_path / "again.npz")
    again = read_signatures(tmp_path / "again.npz")
    assert again.photographs == library.photographs
    np.testing.assert_array_equal(again.spectra.templates, library.spectra.templates)


def test_a_library_of_another_table_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "provenance.csv"
    lines = PROVENANCE.read_text(encoding="utf-8").splitlines(keepends=True)
    other.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(DataError, match="data signatures"):
        read_signatures(SIGNATURES, other)
    cut = tmp_path / "cut.npz"
    cut.write_bytes(SIGNATURES.read_bytes()[:1000])
    with pytest.raises(DataError, match="data signatures"):
        read_signatures(cut)
    with pytest.raises(DataError, match="data signatures"):
        read_signatures(tmp_path / "nowhere.npz")
