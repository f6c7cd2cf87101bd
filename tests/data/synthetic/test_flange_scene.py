"""What a flange consists of: plate, holes, and where defects may lie."""

import numpy as np
import pytest
from scipy import ndimage

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.part.finder import find_part
from casting_core.data.synthetic.casting import DISC_FLAG
from casting_core.data.synthetic.flange import FLANGE_KINDS, render_flange
from casting_core.data.synthetic.flange_scene import draw_flange


@pytest.mark.parametrize("kind", list(FLANGE_KINDS))
def test_defects_lie_on_the_plate(kind: DefectKind) -> None:
    for seed in range(12):
        rendered = render_flange(seed, 160, [kind])
        plate = ndimage.binary_dilation(rendered.mask & DISC_FLAG > 0, iterations=2)
        assert not (rendered.defect_mask & ~plate).any()
        if kind is DefectKind.CHIPPING:
            scene = draw_flange(np.random.default_rng([seed, 0, 77]), size=160)
            assert _distance_to_edge(scene, rendered.defect_mask) < 3


def _distance_to_edge(scene, mask: np.ndarray) -> float:
    """Pixels from the mask to the nearest edge of the plate: outline, bore or bolt hole."""
    y, x = np.nonzero(mask)
    u, v = np.linalg.inv(scene.matrix) @ (x - scene.x, y - scene.y)
    edges = [np.abs(scene.outside(u, v)), np.abs(np.hypot(u, v) - scene.bore)]
    edges += [np.abs(np.hypot(u - p, v - q) - scene.bolt) for p, q in scene.holes]
    return float(np.min(edges) * np.sqrt(np.linalg.det(scene.matrix)))


def test_flanges_are_varied_and_no_impellers() -> None:
    scenes = [draw_flange(np.random.default_rng([seed, 0, 77]), size=300) for seed in range(60)]
    assert {scene.corner == 1 for scene in scenes} == {True, False}
    assert {len(scene.holes) for scene in scenes} == {4, 5, 6, 7, 8}
    assert not any(find_part(render_flange(seed, 128).pixels) for seed in range(30))


def test_every_hole_is_in_the_plate() -> None:
    for seed in range(80):
        scene = draw_flange(np.random.default_rng(seed), size=128)
        assert (scene.outside(*scene.holes.T) < -1.2 * scene.bolt).all()
        assert (np.hypot(*scene.holes.T) > scene.bore + scene.bolt).all()
