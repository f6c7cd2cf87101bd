"""What renders are painted on: pixels know their radius and angle, tables close over the angle."""

import numpy as np
import pytest

from casting_core.data.synthetic.canvas import ANGLES, Canvas, around, look_up, ripple
from casting_core.data.synthetic.scene import draw_scene


@pytest.fixture(scope="module")
def canvas() -> Canvas:
    return Canvas(draw_scene(np.random.default_rng(0), size=96))


def test_the_radius_is_one_on_the_rim_of_the_opening(canvas: Canvas) -> None:
    opening = canvas.scene.opening
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    x, y = (np.array([opening.x, opening.y])[:, None] + opening.matrix @ np.stack([np.cos(turn), np.sin(turn)])).round()
    radius = canvas.radius(0.0)[y.astype(int), x.astype(int)]
    np.testing.assert_allclose(radius, 1.0, atol=1.0 / min(opening.major, opening.minor))


def test_what_lies_lower_is_shifted_by_the_tilt(canvas: Canvas) -> None:
    tilt_x, tilt_y = canvas.scene.tilt
    np.testing.assert_allclose(
        canvas.radius(-1.0), np.hypot(canvas.u - np.float32(tilt_x), canvas.v - np.float32(tilt_y)), rtol=1e-5
    )


def test_angles_are_rows_of_the_table(canvas: Canvas) -> None:
    turn = canvas.angle(0.0)
    assert turn.min() >= 0
    assert turn.max() <= ANGLES


def test_what_is_laid_covers_as_far_as_it_is_told(canvas: Canvas) -> None:
    canvas.values[:] = 10.0
    canvas.lay(50.0, np.full(canvas.values.shape, 0.25, np.float32))
    np.testing.assert_allclose(canvas.values, 20.0)


def test_tables_are_read_between_their_cells_and_close_over_their_rows() -> None:
    table = np.tile(np.arange(ANGLES, dtype=np.float32)[:, None], (1, 4))
    assert look_up(table, np.array([10.5]), np.array([1.0]))[0] == pytest.approx(10.5)
    last = look_up(table, np.array([ANGLES - 0.5]), np.array([1.0]))[0]
    assert last == pytest.approx((ANGLES - 1) / 2)  # between the last row and the first
    assert around(np.arange(ANGLES, dtype=np.float32), np.array([ANGLES - 0.5]))[0] == pytest.approx((ANGLES - 1) / 2)


def test_ripples_close() -> None:
    curve = ripple(np.random.default_rng(0), 720, 40)
    assert abs(curve[0] - curve[-1]) <= 2 * np.abs(np.diff(curve)).max()
