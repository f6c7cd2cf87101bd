"""Overlays and the probability's scale: fixed colours, nothing stretched, nothing mutated."""

import re

import numpy as np
import pytest
from PIL import Image

from casting_core.charts.overlay import ACTIVATION, EVIDENCE, EVIDENCE_PALETTES, gradient, outline, overlay, percent
from casting_core.errors import SettingsError
from casting_core.explanation.regions import Region

GRAY = Image.new("L", (40, 20), 128)


def region(x: int, y: int, width: int, height: int) -> Region:
    return Region(x=x, y=y, width=width, height=height, area=1, score=0.9, clock=None, radius=None)


def lightness(rgb: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB uint8 (…, 3), D65."""
    linear = np.where(rgb / 255 <= 0.04045, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    y = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * 24389 / 27)


@pytest.mark.parametrize("palette", [*EVIDENCE_PALETTES.values(), ACTIVATION])
def test_lightness_rises_with_the_value(palette):
    colours = palette.rgba(np.linspace(0, 1, 101))
    assert (np.diff(lightness(colours[:, :3])) > -0.5).all()
    assert (np.diff(colours[:, 3].astype(int)) >= 0).all()


def test_palette_by_hand():
    colours = EVIDENCE.rgba(np.array([[0.0, 0.1, 0.3, 0.5, 1.0]]), opacity=0.8)
    assert (colours.shape, colours.dtype) == ((1, 5, 4), np.uint8)
    assert colours[0, :, 3].tolist() == [0, 0, 102, 204, 204]  # 255 · 0.8 · (v − 0.1) / 0.4
    assert tuple(colours[0, -1, :3]) == EVIDENCE.stops[-1]


def test_values_out_of_range_are_cut_off():
    odd = EVIDENCE.rgba(np.array([-1.0, 2.0, np.nan]))
    assert (odd == EVIDENCE.rgba(np.array([0.0, 1.0, 0.0]))).all()


def test_low_evidence_leaves_the_picture_as_it_is():
    result = overlay(GRAY, np.full((20, 40), 0.1, np.float32), opacity=1.0)
    assert result.mode == "RGB"
    assert (np.asarray(result) == 128).all()


def test_the_map_is_not_stretched():
    faint, strong = np.zeros((20, 40), np.float32), np.zeros((20, 40), np.float32)
    faint[:, 20:], strong[:, 20:] = 0.3, 1.0
    left, right = (np.asarray(overlay(GRAY, heat, opacity=1.0))[10, 35] for heat in (faint, strong))
    assert tuple(right) == EVIDENCE.stops[-1]
    expected = EVIDENCE.rgba(np.array(0.3))[:3] * 0.5 + 128 * 0.5  # half opaque at 0.3
    np.testing.assert_allclose(left, expected, atol=2)


def test_a_map_of_another_size_is_scaled_and_nothing_is_changed():
    heat = np.eye(5, dtype=np.float32)
    before, picture = heat.copy(), GRAY.copy()
    assert overlay(picture, heat).size == (40, 20)
    assert (heat == before).all()
    assert picture.mode == "L"
    assert (np.asarray(picture) == 128).all()


def test_no_opacity_shows_the_picture():
    assert (np.asarray(overlay(GRAY, np.ones((20, 40), np.float32), opacity=0)) == 128).all()


@pytest.mark.parametrize("opacity", [-0.1, 1.1])
def test_opacity_out_of_range(opacity):
    with pytest.raises(SettingsError, match="opacity"):
        overlay(GRAY, np.ones((2, 2), np.float32), opacity=opacity)


@pytest.mark.parametrize("shape", [(2,), (2, 2, 2), (0, 3)])
def test_maps_of_another_shape(shape):
    with pytest.raises(SettingsError, match="heatmap"):
        overlay(GRAY, np.ones(shape, np.float32))


def test_boxes_are_scaled_to_the_picture_and_spare_what_they_show():
    picture = Image.new("RGB", (300, 300), (128, 128, 128))
    result = np.asarray(outline(picture, [region(50, 60, 10, 5)], frame=(150, 150)))
    changed = np.argwhere((result != 128).any(axis=2))
    assert (result[120:130, 100:120] == 128).all()  # the box itself, doubled
    assert changed[:, 0].max() in range(130, 136)
    assert changed[:, 1].max() in range(120, 140)
    assert (np.asarray(picture) == 128).all()


@pytest.mark.parametrize("box", [(0, 0, 5, 5), (145, 145, 5, 5), (0, 0, 150, 150)])
def test_boxes_at_the_border_are_drawn(box):
    result = np.asarray(outline(Image.new("L", (150, 150), 128), [region(*box)], frame=(150, 150)))
    assert (result != 128).any()


def test_no_regions_change_nothing():
    assert (np.asarray(outline(GRAY, (), frame=(40, 20))) == 128).all()


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.0 %"), (1e-6, "< 0.1 %"), (0.1234, "12.3 %"), (0.99999, "> 99.9 %"), (1.0, "100.0 %")]
)
def test_percent(value, text):
    assert percent(value) == text


def test_gradient_has_the_palette_at_its_ends():
    stops = re.findall(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\) ([\d.]+)%", gradient(EVIDENCE, opacity=0.5))
    assert [float(stop[4]) for stop in (stops[0], stops[-1])] == [0, 100]
    assert float(stops[0][3]) == 0
    assert tuple(map(int, stops[-1][:3])) == EVIDENCE.stops[-1]
    assert float(stops[-1][3]) == pytest.approx(0.5, abs=0.01)
