"""Render a sound casting: a turned impeller on a table, photographed from above.

Layers are painted from the bottom to the top, each with edges soft by about a pixel:

1. the table, unevenly lit, with the part's soft shadow;
2. the face of the disc: turned metal reflects like a record, bright in some directions and
   dim in others (Ward's anisotropic reflection, 1992, https://doi.org/10.1145/133994.134078,
   reduced to a table over the angle), with fine turning marks and faint clouds;
3. the groove, the raised ring, the dark opening with its curved vanes, the hub and its bore;
4. the camera: blur and noise.
"""

import numpy as np

from casting_core.data.defects.patch import field, soft
from casting_core.data.synthetic.canvas import ANGLES, TURNS, Canvas, around, develop, look_up, ripple
from casting_core.data.synthetic.scene import Scene


def render_sound(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Return the photograph of a sound casting, uint8 (size, size), decided by scene and generator."""
    canvas = Canvas(scene)
    low, level = canvas.radius(-1.0), canvas.radius(0.0)
    turn = canvas.angle(-1.0)
    reflection = _reflection(scene, rng)
    _table(canvas, rng)
    _face(canvas, rng, low, turn, reflection)
    _ring(canvas, rng, low, level, turn, reflection)
    _opening(canvas, rng, level)
    _hub(canvas, rng)
    return _photograph(canvas, rng, low)


def _bump(rng: np.random.Generator, centre: float, *, sharp: float) -> np.ndarray:
    """Return a lobe over the angle, float32 (ANGLES,), 0 to 1, with flanks that differ in steepness."""
    away = (TURNS - centre + np.pi) % (2 * np.pi) - np.pi
    half, left, right = rng.uniform(0.15, 0.8), rng.uniform(0.03, 0.4) / sharp, rng.uniform(0.03, 0.4) / sharp
    lobe = 0.25 * (1 + np.tanh((away + half) / left)) * (1 + np.tanh((half - away) / right))
    return lobe.astype(np.float32)


def _reflection(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Brightness of turned metal over the angle, float32 (ANGLES,), about 1."""
    level = 1 + rng.uniform(0.0, 0.1) * np.cos(TURNS - scene.light) + 0.02 * ripple(rng, ANGLES, 60)
    for _ in range(int(rng.integers(3, 7))):
        level = level + rng.uniform(0.08, 0.3) * _bump(rng, rng.uniform(0, 2 * np.pi), sharp=1)
    for _ in range(int(rng.integers(1, 4))):
        level = level - rng.uniform(0.12, 0.4) * _bump(rng, rng.uniform(0, 2 * np.pi), sharp=1.5)
    level = level / np.median(level)
    return np.clip(level, 0.5, 1.35).astype(np.float32)


def _table(canvas: Canvas, rng: np.random.Generator) -> None:
    scene = canvas.scene
    along = np.cos(scene.light) * canvas.u + np.sin(scene.light) * canvas.v
    clouds = field(rng, canvas.values.shape, scene.size / 2.5)
    canvas.values += scene.table + np.float32(rng.uniform(5, 16)) * along + 3 * clouds
    _streaks(canvas, rng)
    # the shadow falls away from the light and is darkest right at the rim
    shift = rng.uniform(0.03, 0.14)
    distance = np.hypot(
        canvas.u + np.float32(shift * np.cos(scene.light)) - scene.tilt[0],
        canvas.v + np.float32(shift * np.sin(scene.light)) - scene.tilt[1],
    )
    reach = rng.uniform(0.08, 0.24)
    near = np.exp(-np.clip(distance - (scene.disc - 0.04), 0, None) / reach)
    canvas.values *= 1 - scene.shadow * near * soft(-along + 0.6, 1.2)


def _streaks(canvas: Canvas, rng: np.random.Generator) -> None:
    """Faint streaks where the picture was filled up at its borders after a turn."""
    if rng.random() < 0.4:
        return
    scene = canvas.scene
    turn = rng.uniform(0, 2 * np.pi)
    p = np.cos(turn) * canvas.u + np.sin(turn) * canvas.v
    q = np.cos(turn) * canvas.v - np.sin(turn) * canvas.u
    lines = ripple(rng, 4 * scene.size, 8) * np.float32(rng.uniform(0.5, 1.6))
    limit = rng.uniform(1.75, 2.05)
    for run, across in ((p, q), (q, p)):
        index = np.clip((across + 4) / 8 * (len(lines) - 1), 0, len(lines) - 1).astype(np.intp)
        canvas.values += lines[index] * soft((np.abs(run) - limit) * scene.scale, 3)


def _face(canvas: Canvas, rng: np.random.Generator, low: np.ndarray, turn: np.ndarray, reflection: np.ndarray) -> None:
    scene = canvas.scene
    columns = max(64, int(0.75 * scene.size))
    inner, outer = 1.0, scene.disc + 0.05
    reach = (outer - inner) * scene.scale / columns  # pixels a column
    marks = ripple(rng, columns, 2.0 / reach)[None, :] * np.float32(rng.uniform(0.6, 2.0))
    arcs = np.repeat(rng.standard_normal((ANGLES // 18, columns), dtype=np.float32), 18, axis=0)
    for shift in (9, 5, 3):
        arcs = 0.5 * (arcs + np.roll(arcs, shift, axis=0))
    table = marks + arcs * np.float32(rng.uniform(1.5, 4.5)) + _moire(rng, columns)
    clouds = rng.uniform(0.5, 4.5) * field(rng, canvas.values.shape, scene.size / rng.uniform(9, 20))
    profile = 1 + np.float32(rng.uniform(0.0, 0.1)) * np.exp(-np.clip(low - scene.groove, 0, None) / 0.07)
    # directions of reflection drift a little from the inner to the outer edge
    drift = (low - 1.5) * np.float32(rng.uniform(-25, 25))
    values = scene.metal * around(reflection, (turn + drift) % ANGLES) * profile
    values = values + look_up(table, turn, (low - inner) / (outer - inner) * columns) + clouds
    canvas.lay(np.clip(values, 0, 243), canvas.inside(low, scene.disc))
    _rim(canvas, rng, low, turn)


def _moire(rng: np.random.Generator, columns: int) -> np.ndarray:
    """Fine bands in one sector, where turning marks and pixels beat; float32 (ANGLES, columns)."""
    if rng.random() < 0.6:
        return np.zeros((1, columns), np.float32)
    angles = np.arange(ANGLES, dtype=np.float32)[:, None] * np.float32(2 * np.pi / ANGLES)
    radii = np.linspace(0, 1, columns, dtype=np.float32)[None, :]
    bands = np.sin(rng.uniform(8, 30) * 2 * np.pi * (radii + rng.uniform(-3, 3) * (angles - np.pi) ** 2 / 10))
    sector = _bump(rng, rng.uniform(0, 2 * np.pi), sharp=0.7)[:, None]
    return (bands * sector * rng.uniform(1.0, 5.0)).astype(np.float32)


def _rim(canvas: Canvas, rng: np.random.Generator, low: np.ndarray, turn: np.ndarray) -> None:
    """Paint the chamfer along the outer edge: a dark line away from the light, here and there a bright one."""
    scene = canvas.scene
    away = 0.5 - 0.5 * np.cos(TURNS - scene.light)
    dark = rng.uniform(0.0, 0.6) + rng.uniform(0.3, 0.9) * away + 0.15 * ripple(rng, ANGLES, 80)
    dark = np.clip(dark + 0.06 * ripple(rng, ANGLES, 6), 0.05, 1).astype(np.float32)
    width = (0.008 + 0.008 * away * rng.random()).astype(np.float32)
    offset = np.abs(low - np.float32(scene.disc - 0.006))
    line = soft((around(width, turn) - offset) * scene.scale + 0.2, 0.8)
    canvas.lay(rng.uniform(30, 85), line * around(dark, turn) * 0.9)
    canvas.lay(225.0, soft((0.010 - offset) * scene.scale + 0.1, 0.8) * around(_glints(rng, 3.1), turn))


def _glints(rng: np.random.Generator, rare: float) -> np.ndarray:
    """Where an edge happens to shine, float32 (ANGLES,), 0 to 0.6."""
    curve = 0.7 * ripple(rng, ANGLES, 9) + 1.1 * ripple(rng, ANGLES, 90)
    return np.clip(0.6 * (curve - rare), 0, 0.6).astype(np.float32)


def _ring(
    canvas: Canvas,
    rng: np.random.Generator,
    low: np.ndarray,
    level: np.ndarray,
    turn: np.ndarray,
    reflection: np.ndarray,
) -> None:
    """Paint the groove, mostly in shadow, and the raised ring inside it."""
    scene = canvas.scene
    depth = np.clip(0.85 + 0.2 * ripple(rng, ANGLES, 90) + 0.05 * ripple(rng, ANGLES, 8), 0.3, 0.98)
    shaded = around(depth.astype(np.float32), turn)
    canvas.lay(rng.uniform(12, 32), canvas.inside(low, scene.groove) * shaded)
    thin = soft((0.013 - np.abs(level - np.float32(scene.ring + 0.008))) * scene.scale + 0.35, 0.7)
    faint = np.clip(0.75 + 0.15 * ripple(rng, ANGLES, 60) + 0.06 * ripple(rng, ANGLES, 10), 0.2, 0.97)
    canvas.lay(30.0, thin * around(faint.astype(np.float32), turn))
    glow = soft((0.012 - np.abs(low - np.float32(scene.groove))) * scene.scale + 0.1, 0.8)
    canvas.lay(225.0, glow * around(_glints(rng, 2.5), turn))
    dimmed = scene.metal * rng.uniform(0.88, 1.04) * (1 + 0.45 * (reflection - 1))
    values = around(dimmed.astype(np.float32), turn) + 1.2 * field(rng, canvas.values.shape, 2.0)
    canvas.lay(np.clip(values, 0, 238), canvas.inside(level, scene.ring))
    for radius, thick in ((scene.ring - 0.02, 0.012), (1.03, 0.02)):  # its two rounded edges
        line = np.exp(-(((level - np.float32(radius)) / np.float32(thick)) ** 2))
        canvas.values += np.float32(rng.uniform(-20, 35)) * line * canvas.inside(level, scene.ring)
    canvas.lay(scene.metal * 0.55, canvas.inside(level, 1.012) * rng.uniform(0.3, 0.8))


def _opening(canvas: Canvas, rng: np.random.Generator, level: np.ndarray) -> None:
    """Paint the dark channel behind the opening, with the edges of the vanes faintly lit."""
    scene = canvas.scene
    columns = 96
    radii = np.linspace(0.45, 1.02, columns)[None, :]
    pitch = 2 * np.pi / scene.vanes
    lit = np.clip(0.55 + 0.35 * ripple(rng, ANGLES, 60) + 0.4 * np.cos(TURNS - scene.light), 0.1, 1.3)
    table = np.zeros((ANGLES, columns))
    twist, start = rng.uniform(1.6, 3.0), rng.uniform(0, pitch)
    second = rng.uniform(0.2, 0.4)
    for offset, thick, bright in ((0.0, 0.09, 1.0), (second, 0.14, 0.7), (2 * second, 0.05, 0.35)):
        lead = (scene.hand * (TURNS[:, None] - start) - offset - twist * (1 - radii)) % pitch
        # bright on the leading edge, fading behind it
        stroke = np.exp(-lead / thick) * (1 - np.exp(-lead / 0.012))
        place, reach = rng.uniform(0.7, 0.86), rng.uniform(0.07, 0.13)
        table += bright * stroke * np.exp(-(((radii - place) / reach) ** 4))
    strength = rng.uniform(30, 85)
    table = scene.dark + strength * table * lit[:, None] + 7 * np.exp(-(((radii - 0.75) / 0.15) ** 2))
    table = table + rng.uniform(0.5, 2.5) * field(rng, (ANGLES, columns), 9)
    column = (level - 0.45) / (1.02 - 0.45) * columns
    values = look_up(table.astype(np.float32), canvas.angle(0.0), column)
    canvas.lay(np.clip(values, 4, 110), canvas.inside(level, 1.0, 1.0))


def _hub(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint the hub around the axis and the bore, through which the table is seen."""
    scene = canvas.scene
    height = rng.uniform(-0.3, 0.6)
    top, bottom = canvas.radius(height), canvas.radius(height - rng.uniform(0.6, 1.8))
    along = (np.cos(scene.light) * canvas.u + np.sin(scene.light) * canvas.v) / np.float32(scene.bore)
    canvas.lay(scene.metal * rng.uniform(0.2, 0.45), canvas.inside(top, scene.hub + 0.02, 1.2))
    face = scene.metal * rng.uniform(0.9, 1.06) * (1 + 0.08 * along)
    face = face + 1.5 * field(rng, canvas.values.shape, 2.0)
    canvas.lay(np.clip(face, 0, 238), canvas.inside(top, scene.hub - 0.01))
    line = np.exp(-(((top - np.float32(scene.bore + 0.015)) / 0.012) ** 2))
    canvas.values += np.float32(rng.uniform(-15, 25)) * line * canvas.inside(top, scene.hub)
    wall = scene.metal * (rng.uniform(0.3, 0.6) - 0.12 * along)
    canvas.lay(wall * rng.uniform(0.4, 0.9), canvas.inside(top, scene.bore))
    canvas.lay(wall, canvas.inside(top, scene.bore - 0.02))
    across = rng.uniform(0, 2 * np.pi)
    slope = (np.cos(across) * canvas.u + np.sin(across) * canvas.v) / np.float32(scene.bore)
    depth = np.clip(bottom / np.float32(scene.bore), 0, 1.3)
    floor = scene.table * (rng.uniform(0.72, 0.92) + rng.uniform(0.05, 0.25) * slope)
    floor = floor * (1 - rng.uniform(0.2, 0.5) * depth ** np.float32(rng.uniform(1.5, 3)))
    seen = canvas.inside(bottom, scene.bore - 0.03, rng.uniform(0.8, 6))
    canvas.lay(np.clip(floor, 20, 240), seen * canvas.inside(top, scene.bore - 0.02))


def _photograph(canvas: Canvas, rng: np.random.Generator, low: np.ndarray) -> np.ndarray:
    scene = canvas.scene
    grain = rng.standard_normal(canvas.values.shape, dtype=np.float32)
    return develop(canvas.values + grain * (scene.noise * (1.2 + 0.7 * (low < scene.disc))), scene.blur)
