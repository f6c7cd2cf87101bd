"""Render a sound pipe flange: a plate with a bore and bolt holes on a table, photographed from above.

Layers are painted from the bottom to the top, each with edges soft by about a pixel:

1. the table, unevenly lit, plain, brushed or mottled, with the plate's shadow;
2. the plate: its side where the camera's tilt shows it, its top, milled or as cast, and the
   chamfer around it, lit as it leans to the light or away;
3. the raised face around the bore, turned, so it gleams in some directions and bears fine
   concentric grooves;
4. the bolt holes, each in its spot face, and the bore, which leads into the dark;
5. the camera: blur, darker corners and noise.
"""

import numpy as np

from casting_core.data.defects.patch import field, soft
from casting_core.data.synthetic.canvas import ANGLES, TURNS, Sheet, around, develop, ripple
from casting_core.data.synthetic.flange_scene import FlangeScene


def render_sound_flange(scene: FlangeScene, rng: np.random.Generator) -> np.ndarray:
    """Return the photograph of a sound flange, uint8 (size, size), decided by scene and generator."""
    sheet = Sheet(scene.size, float(np.sqrt(np.linalg.det(scene.matrix))), scene.matrix, scene.x, scene.y)
    light = sheet.inverse @ np.array([np.cos(scene.light), np.sin(scene.light)], np.float32)
    light /= np.hypot(*light)  # towards the light, on the plate
    _table(sheet, scene, rng, light)
    _plate(sheet, scene, rng, light)
    _face(sheet.around(0.0, 0.0, scene.face + 0.1), scene, rng)
    for u, v in scene.holes.tolist():
        _bolt_hole(sheet.around(u, v, 1.6 * scene.bolt), scene, rng, u, v)
    _bore(sheet.around(0.0, 0.0, scene.bore + 0.1), scene, rng)
    return _photograph(sheet, scene, rng)


def _table(sheet: Sheet, scene: FlangeScene, rng: np.random.Generator, light: np.ndarray) -> None:
    toward, shape, side = light[0] * sheet.u + light[1] * sheet.v, sheet.values.shape, scene.size
    sheet.values += scene.table + np.float32(rng.uniform(4, 22)) * toward
    sheet.values += np.float32(rng.uniform(1, 5)) * field(rng, shape, side / 3)
    finish = rng.random()
    if finish < 0.35:  # brushed
        turn = rng.uniform(0, np.pi)
        across = np.cos(turn) * sheet.u + np.sin(turn) * sheet.v
        sheet.values += np.float32(rng.uniform(1.5, 5)) * _lines(rng, across, side, rng.uniform(1.5, 5))
    elif finish < 0.75:  # mottled
        for grain in (rng.uniform(2, 4), rng.uniform(6, 14)):
            sheet.values += np.float32(rng.uniform(0.8, 4)) * field(rng, shape, grain * side / 300)
    shift = rng.uniform(0.03, 0.12)
    gap = scene.outside(sheet.u + shift * light[0], sheet.v + shift * light[1])
    reach = rng.uniform(0.05, 0.2)
    sheet.values *= 1 - np.float32(rng.uniform(0.35, 0.75)) * np.exp(-np.clip(gap, 0, None) / np.float32(reach))


def _plate(sheet: Sheet, scene: FlangeScene, rng: np.random.Generator, light: np.ndarray) -> None:
    toward, shape, side = light[0] * sheet.u + light[1] * sheet.v, sheet.values.shape, scene.size
    below = scene.outside(sheet.u - np.float32(scene.tilt[0]), sheet.v - np.float32(scene.tilt[1]))
    outside = scene.outside(sheet.u, sheet.v)
    lean = sheet.lean(outside, scene.light)
    wall = scene.metal * (rng.uniform(0.4, 0.6) + 0.2 * lean) + 3 * field(rng, shape, 3 * side / 300)
    sheet.lay(wall, sheet.inside(np.minimum(below, outside)))
    top = scene.metal * (1 + np.float32(rng.uniform(0.02, 0.12)) * toward)
    if rng.random() < 0.5:  # milled: faint parallel arcs
        reach, turn = rng.uniform(2, 9), rng.uniform(0, 2 * np.pi)
        arcs = sheet.away(reach * np.cos(turn), reach * np.sin(turn)) - np.float32(reach)
        top = top + np.float32(rng.uniform(2, 6)) * _lines(rng, arcs, side, rng.uniform(1.6, 4))
    else:  # as cast
        top = top + np.float32(rng.uniform(3, 7)) * field(rng, shape, rng.uniform(1.6, 3.2) * side / 300)
    top = top + np.float32(rng.uniform(1, 5)) * field(rng, shape, side / rng.uniform(8, 18))
    sheet.lay(np.clip(top, 8, 240), sheet.inside(outside))
    width = np.float32(rng.uniform(0.018, 0.04))
    bevel = scene.metal * (1 + np.float32(rng.uniform(0.25, 0.5)) * lean)
    sheet.lay(np.clip(bevel, 15, 245), sheet.inside(outside) * sheet.inside(-outside - width))


def _face(sheet: Sheet, scene: FlangeScene, rng: np.random.Generator) -> None:
    """Paint the raised, turned face around the bore."""
    radius = sheet.away(0.0, 0.0)
    turn = np.arctan2(sheet.v, sheet.u) * np.float32(ANGLES / (2 * np.pi)) % np.float32(ANGLES)
    step = radius - np.float32(scene.face)
    lean = sheet.lean(radius, scene.light)
    shade = soft(-np.abs(step) * np.float32(sheet.scale) + rng.uniform(1.2, 2.6) * scene.size / 300, 1.2)
    sheet.values *= 1 + shade * (0.3 * lean - np.float32(rng.uniform(0.05, 0.3)))
    # two opposite lobes, as turned metal shows them, and a weaker pair
    axis = rng.uniform(0, np.pi)
    lobes = 0.32 * np.exp(-((np.sin(TURNS - axis) / rng.uniform(0.2, 0.5)) ** 2))
    lobes = lobes + 0.16 * np.exp(-((np.sin(TURNS - axis - rng.uniform(0.6, 1.5)) / rng.uniform(0.15, 0.4)) ** 2))
    gleam = 1 + scene.gleam * (lobes - 0.12) + 0.02 * ripple(rng, ANGLES, 50)
    values: np.ndarray = scene.metal * np.float32(rng.uniform(1.0, 1.2)) * around(gleam.astype(np.float32), turn)
    values = values + np.float32(rng.uniform(2, 8)) * _lines(rng, radius, scene.size, rng.uniform(1.2, 2.6))
    values = values + np.float32(rng.uniform(1, 3)) * field(rng, sheet.values.shape, 2.0 * scene.size / 300)
    sheet.lay(np.clip(values, 10, 244), sheet.inside(step))


def _bolt_hole(sheet: Sheet, scene: FlangeScene, rng: np.random.Generator, u: float, v: float) -> None:
    radius = sheet.away(u, v)
    lean = sheet.lean(radius, scene.light)
    turned = scene.metal * np.float32(rng.uniform(1.0, 1.12)) * (1 + 0.08 * lean)
    turned = turned + 3 * _lines(rng, radius, scene.size, 1.8)
    sheet.lay(np.clip(turned, 10, 242), sheet.inside(radius, np.float32(scene.bolt * 1.45)) * np.float32(0.75))
    edge = radius - np.float32(scene.bolt)
    rim = np.abs(edge - np.float32(0.008)) - np.float32(0.012)
    sheet.lay(np.clip(scene.metal * (1 - 0.45 * lean), 10, 245), sheet.inside(rim, width=1.0))
    floor = sheet.away(u + scene.tilt[0], v + scene.tilt[1]) - np.float32(scene.bolt * 0.96)
    depth = np.clip(-edge / np.float32(scene.bolt), 0, 1)
    wall = scene.dark + scene.metal * (0.25 - 0.2 * lean) * (1 - depth)
    sheet.lay(np.clip(wall, 4, 200), sheet.inside(edge))
    seen = scene.table * np.float32(rng.uniform(0.18, 0.4)) * (1 + 0.3 * lean)
    sheet.lay(np.clip(seen, 4, 120), sheet.inside(np.maximum(floor, edge), width=1.4))


def _bore(sheet: Sheet, scene: FlangeScene, rng: np.random.Generator) -> None:
    """Paint the bore: a lit edge, and a wall that falls off into the dark."""
    radius = sheet.away(0.0, 0.0)
    edge = radius - np.float32(scene.bore)
    lean = sheet.lean(radius, scene.light)
    rim = np.abs(edge - np.float32(0.01)) - np.float32(0.014)
    sheet.lay(np.clip(scene.metal * (1.02 - 0.4 * lean), 10, 246), sheet.inside(rim, width=1.0))
    fall = np.float32(rng.uniform(0.1, 0.3))
    depth = np.clip(-edge / np.float32(scene.bore), 0, 1)
    lit = np.clip(0.35 - rng.uniform(0.4, 0.7) * lean, 0, None)  # the far wall faces the light
    wall = scene.dark + scene.metal * lit * np.exp(-depth / fall)
    wall = wall + 2 * field(rng, radius.shape, 4 * scene.size / 300)
    sheet.lay(np.clip(wall, 4, 220), sheet.inside(edge))


def _lines(rng: np.random.Generator, across: np.ndarray, size: int, grain: float) -> np.ndarray:
    """Random lines along the level curves of `across` (plate units), deviation about 1, `grain` pixels at 300."""
    low, high = float(across.min()), float(across.max())
    count = max(16, int((high - low) * 0.4 * size))
    curve = ripple(rng, count, max(1.0, grain * size / 300))
    index = (across - low) / np.float32(max(high - low, 1e-6)) * np.float32(count - 1.001)
    whole = index.astype(np.int32)
    return curve[whole] + (index - whole) * (curve[np.minimum(whole + 1, count - 1)] - curve[whole])


def _photograph(sheet: Sheet, scene: FlangeScene, rng: np.random.Generator) -> np.ndarray:
    side = np.linspace(-1, 1, scene.size, dtype=np.float32)
    values = sheet.values * (1 - np.float32(rng.uniform(0, 0.12)) * (side[:, None] ** 2 + side**2))
    values = values + rng.standard_normal(sheet.values.shape, dtype=np.float32) * (scene.noise * 1.6)
    return develop(values, scene.blur)
