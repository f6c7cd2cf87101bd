"""Signatures: turning and mirroring change nothing, the phase is gone, and the threshold is where it belongs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.data.provenance.spectra import FAINTEST, Spectra, fit_spectra, spectrum
from casting_core.errors import SettingsError

seeds = st.integers(0, 2**32 - 1)


def strip(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((24, 256)).astype(np.float32)
    noise -= noise.mean(1, keepdims=True)
    return noise / np.linalg.norm(noise)


@settings(max_examples=30)
@given(seeds, st.integers(0, 255), st.booleans())
def test_turning_and_mirroring_change_nothing(seed: int, shift: int, mirrored: bool) -> None:
    first = strip(seed)
    second = np.roll(first[:, ::-1] if mirrored else first, shift, axis=1)
    np.testing.assert_allclose(spectrum(second), spectrum(first), atol=2e-3)


@settings(max_examples=10)
@given(seeds)
def test_the_phase_is_not_kept(seed: int) -> None:
    """Another ring altogether, with the same strengths, every wave shifted by chance, has the same signature."""
    first = strip(seed)
    waves = np.fft.rfft(first, axis=1)
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, waves.shape)
    phase[:, [0, -1]] = 0  # these two are real
    second = np.fft.irfft(waves * np.exp(1j * phase), 256, axis=1).astype(np.float32)
    assert abs(float((first * second).sum())) < 0.3
    np.testing.assert_allclose(spectrum(second), spectrum(first), atol=2e-3)


def test_strengths_by_hand() -> None:
    """One wave of five turns, 0.5 high, at the last radius: half of 256 samples times its height; else nothing."""
    ring = np.zeros((24, 256), np.float32)
    ring[23] = 0.5 * np.cos(5 * np.arange(256) * 2 * np.pi / 256 + 1)
    found = np.exp(spectrum(ring)) - FAINTEST
    assert found.shape == (24, 32)
    assert found[23, 4] == pytest.approx(64, rel=1e-4)
    found[23, 4] = 0
    np.testing.assert_allclose(found, 0, atol=1e-4)


def test_a_strip_of_another_shape_is_refused() -> None:
    with pytest.raises(SettingsError, match="strip"):
        spectrum(np.zeros((24, 128), np.float32))


def pictures(seed: int, photographs: int, each: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    true = rng.standard_normal((photographs, 24, 32))
    found = np.repeat(true, each, axis=0) + noise * rng.standard_normal((photographs * each, 24, 32))
    return found.astype(np.float32), np.repeat(np.arange(photographs) * 3, each)


def test_the_threshold_lies_between_strangers_and_copies() -> None:
    spectra, sources = pictures(0, 6, 5, 0.2)
    fitted = fit_spectra(spectra, sources)
    assert fitted.sources.tolist() == [0, 3, 6, 9, 12, 15]
    fresh, _ = pictures(0, 6, 5, 0.2)
    likeness = fitted.likeness(fresh)
    own = likeness[np.arange(30), np.repeat(np.arange(6), 5)]
    likeness[np.arange(30), np.repeat(np.arange(6), 5)] = -1
    assert likeness.max() < fitted.threshold < own.min()
    assert fitted.scale.mean() == pytest.approx(0.2, rel=0.05)


def test_where_copies_are_no_more_alike_than_strangers_the_threshold_is_above_the_strangers() -> None:
    """Photographs 0 and 1 are one, and of photograph 2 no two pictures are alike."""
    spectra, sources = pictures(1, 6, 4, 0.2)
    sources = np.where(sources == 3, np.arange(24) % 2 * 3, sources)
    spectra[8:12] = np.random.default_rng(1).standard_normal((4, 24, 32))
    fitted = fit_spectra(spectra, sources)
    likeness = fitted.likeness(spectra)
    likeness[np.arange(24), np.searchsorted(fitted.sources, sources)] = -1
    assert likeness.max() > 0.9
    assert fitted.threshold == pytest.approx(float(likeness.max()), abs=1e-6)


def test_without_a_second_picture_no_likeness_is_enough() -> None:
    spectra, sources = pictures(2, 4, 1, 0.1)
    fitted = fit_spectra(spectra, sources)
    assert fitted.threshold == np.inf
    np.testing.assert_array_equal(fitted.scale, 1)
    assert fitted.likeness(spectra).argmax(1).tolist() == [0, 1, 2, 3]


def test_a_photograph_can_be_left_out() -> None:
    fitted = fit_spectra(*pictures(3, 4, 3, 0.1))
    rest = fitted.without(6)
    assert rest.sources.tolist() == [0, 3, 9]
    np.testing.assert_array_equal(rest.templates, fitted.templates[[0, 1, 3]])
    assert rest.threshold == fitted.threshold


def test_damaged_signatures_are_refused() -> None:
    fitted = fit_spectra(*pictures(4, 3, 2, 0.1))
    parts = {"centre": fitted.centre, "scale": fitted.scale, "templates": fitted.templates, "sources": fitted.sources}
    for name, value in (
        ("centre", np.full((24, 32), np.nan, np.float32)),
        ("scale", np.zeros((24, 32), np.float32)),
        ("templates", fitted.templates[:2]),
    ):
        with pytest.raises(SettingsError, match="signatures"):
            Spectra(**{**parts, name: value}, threshold=0.5)
    with pytest.raises(SettingsError, match="threshold"):
        Spectra(**parts, threshold=float("nan"))
    assert fitted.likeness(np.zeros((0, 24, 32), np.float32)).shape == (0, 3)
    with pytest.raises(SettingsError, match="fit_spectra"):
        fit_spectra(np.zeros((0, 24, 32), np.float32), np.zeros(0, int))
