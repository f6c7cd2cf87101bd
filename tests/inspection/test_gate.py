"""Gates: castings pass, other things are unusable, and what nobody has measured is never a silent verdict."""

import dataclasses
import hashlib
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from casting_core import Inspector, Verdict
from casting_core.data.images import decode
from casting_core.data.part.capture import PhotoConditions, measure
from casting_core.data.part.finder import find_part
from casting_core.data.samples import read_provenance
from casting_core.data.synthetic.casting import render_casting, samples
from casting_core.data.transforms import to_input
from casting_core.inspection.gate import (
    NAMES,
    NO_PART,
    OFF_PART,
    RULES,
    SEVERAL,
    Finding,
    check_capture,
    check_evidence,
    check_picture,
)
from casting_core.networks.card import MODELS, ModelCard, read_card
from tests.factories import encoded
from tests.inspection.other_things import KINDS

CARD = read_card(MODELS / "castnet")
MIDDLE = PhotoConditions(
    **{rule.name: 0.5 * (sum(CARD.envelope[rule.name])) if rule.name != "holes" else 0.0 for rule in RULES}
)


def gray(picture: np.ndarray) -> np.ndarray:
    return picture.round().clip(0, 255).astype(np.uint8)


def gates(pixels: np.ndarray, card: ModelCard = CARD) -> Finding | None:
    """What the gates before the network say."""
    return check_picture(card, to_input(pixels, card.input_size), find_part(pixels), pixels.shape)


def refused(pixels: np.ndarray) -> bool:
    finding = gates(pixels)
    return finding is not None and finding.verdict is Verdict.UNUSABLE and len(finding.reason) > 40


def test_the_card_has_all_gates_and_bounds_for_each_of_their_properties():
    assert CARD.gates == NAMES
    assert set(CARD.envelope) == {rule.name for rule in RULES} == {f.name for f in dataclasses.fields(PhotoConditions)}


def test_rendered_castings_pass():
    stopped = [
        seed for seed in range(60) if gates(render_casting(seed=seed, defects="random" if seed % 2 else None).pixels)
    ]
    assert stopped == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_other_things_are_unusable(kind: str):
    assert [seed for seed in range(16) if not refused(KINDS[kind](seed))] == []


def plain_things() -> dict[str, np.ndarray]:
    y, x = np.mgrid[:300, :300]
    rng = np.random.default_rng(0)
    things = {f"plain {level}": np.full((300, 300), level) for level in (0, 90, 180, 255)}
    for blur in (0.5, 2, 8):
        things[f"noise {blur}"] = 128 + 60 * blur * ndimage.gaussian_filter(rng.normal(size=(300, 300)), blur)
    things |= {"ramp": x * 0.85, "glow": 255 - np.hypot(x - 150, y - 150), "bars": (x // 20 % 2) * 200.0}
    things |= {"wave": 128 + 100 * np.sin(np.hypot(x - 150, y - 150) / 6), "strip": rng.integers(0, 255, (40, 2000))}
    return {name: gray(np.asarray(picture, float)) for name, picture in things.items()}


@pytest.mark.parametrize("name", sorted(plain_things()))
def test_what_shows_nothing_is_unusable(name: str):
    assert refused(plain_things()[name])


def test_photographs_of_other_things_are_unusable():
    for picture in pytest.importorskip("sklearn.datasets").load_sample_images().images:
        whole = decode(np.ascontiguousarray(picture)).pixels
        pieces = [whole[top : top + 200, left : left + 200] for top in range(0, 220, 70) for left in range(0, 430, 70)]
        assert all(refused(np.ascontiguousarray(piece)) for piece in (whole, *pieces))


@pytest.mark.parametrize("seed", range(3))
def test_a_piece_of_a_casting_is_unusable(seed: int):
    pixels = render_casting(seed=seed).pixels
    windows = [(slice(0, 150), slice(0, 150)), (slice(0, 300), slice(150, 300)), (slice(100, 200), slice(100, 200))]
    windows += [(slice(150, 300), slice(0, 300)), (slice(0, 90), slice(0, 300)), (slice(60, 240), slice(200, 300))]
    assert all(refused(np.ascontiguousarray(pixels[rows, columns])) for rows, columns in windows)


def test_a_part_that_the_frame_cuts_is_not_passed():
    pixels = render_casting(seed=1).pixels
    for cut, verdict in ((50, Verdict.REVIEW), (90, Verdict.UNUSABLE)):
        finding = gates(np.ascontiguousarray(pixels[:, cut:]))
        assert finding.verdict is verdict
        assert "cut off" in finding.reason


@pytest.mark.parametrize(
    ("change", "word", "verdict"),
    [
        (lambda p: ndimage.gaussian_filter(p, 2.2), "blurred", Verdict.REVIEW),
        (lambda p: ndimage.gaussian_filter(p, 4.5), "blurred", Verdict.UNUSABLE),
        *((lambda p: p * 0.3, "too weak", Verdict.REVIEW), (lambda p: p * 0.12, "too weak", Verdict.UNUSABLE)),
        *((lambda p: p * 0.3 + 150, "haze", Verdict.REVIEW), (lambda p: p * 1.6, "overexposed", Verdict.REVIEW)),
        *((lambda p: p * 2.0, "overexposed", Verdict.UNUSABLE), (lambda p: p[::4, ::4], "few pixels", Verdict.REVIEW)),
        (lambda p: np.pad(p, 150, constant_values=170), "too small", Verdict.REVIEW),
        (lambda p: np.pad(p, 400, constant_values=170), "too small", Verdict.UNUSABLE),
    ],
)
def test_a_poor_photograph_is_named_for_what_it_is(change, word: str, verdict: Verdict):
    finding = gates(gray(change(render_casting(seed=16).pixels.astype(np.float32))))
    assert word in finding.reason
    assert finding.verdict is verdict


@pytest.mark.parametrize("beside", [np.hstack, np.vstack])
def test_several_parts_get_no_verdict(beside):
    one, other = (render_casting(seed=seed).pixels for seed in (3, 4))
    for pixels in (other, gray(other * 0.7), np.pad(other[50:250, 50:250], 50, mode="edge")):
        assert gates(beside([one, pixels])) == Finding(verdict=Verdict.UNUSABLE, reason=SEVERAL)


def test_a_squeezed_part_calls_for_a_person():
    finding = gates(render_casting(seed=3, stretch=1.8).pixels)
    assert (finding.verdict, "squeezed" in finding.reason) == (Verdict.REVIEW, True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_holds_at_its_bounds_and_bites_beyond(rule):
    least, most = CARD.envelope[rule.name]
    assert check_capture(CARD, MIDDLE) is None
    for value in (least, most):
        assert check_capture(CARD, dataclasses.replace(MIDDLE, **{rule.name: value})) is None
    below = check_capture(CARD, dataclasses.replace(MIDDLE, **{rule.name: least - 1e-3}))
    assert below.verdict is (Verdict.UNUSABLE if rule.gate == "kind" else Verdict.REVIEW)
    if rule.gate != "kind":
        far = check_capture(CARD, dataclasses.replace(MIDDLE, **{rule.name: 0.99 * rule.far * least}))
        assert far.verdict is Verdict.UNUSABLE
    if rule.above:
        above = check_capture(CARD, dataclasses.replace(MIDDLE, **{rule.name: most + 1e-3}))
        assert above.reason != below.reason


def test_the_worst_finding_is_told_not_the_first():
    finding = check_capture(CARD, dataclasses.replace(MIDDLE, visible=0.9, bore=0.0))
    assert (finding.verdict, "no bore" in finding.reason) == (Verdict.UNUSABLE, True)


def test_gates_that_a_card_does_not_name_are_not_in_force():
    without = dataclasses.replace(CARD, gates=("part",))
    assert gates(KINDS["cousin"](0)) is not None
    assert gates(KINDS["cousin"](0), without) is None
    assert gates(np.zeros((300, 300), np.uint8), without) == Finding(verdict=Verdict.UNUSABLE, reason=NO_PART)
    assert gates(np.zeros((300, 300), np.uint8), dataclasses.replace(CARD, gates=())) is None
    assert gates(KINDS["cousin"](0), dataclasses.replace(CARD, envelope={})) is None


def evidence(*places: tuple[int, int, float]) -> np.ndarray:
    """A map with these places (row, column, probability) on a dark ground, float32 (40, 40)."""
    local = np.full((40, 40), 0.01, np.float32)
    for row, column, probability in places:
        local[row, column] = probability
    return local


def test_evidence_beside_the_part_calls_for_a_person_but_flash_at_the_rim_is_on_it():
    rendered = render_casting(seed=1)
    check = {"part": rendered.part, "shape": rendered.pixels.shape}
    finding = check_evidence(CARD, evidence((1, 1, 0.9)), passes=False, **check)
    assert finding == Finding(verdict=Verdict.REVIEW, reason=OFF_PART)
    assert check_evidence(CARD, evidence((20, 12, 0.9)), passes=False, **check) is None
    assert check_evidence(CARD, evidence((1, 1, 0.6), (20, 12, 0.9)), passes=False, **check) is None
    assert check_evidence(CARD, evidence((1, 1, 0.3)), passes=True, **check) is None, "faint heat on a part that passes"
    assert check_evidence(CARD, evidence((1, 1, 0.3)), passes=False, **check) is not None
    assert check_evidence(CARD, evidence((1, 1, 0.9)), passes=False, part=None, shape=(300, 300)) is None
    disc = rendered.part.disc
    place = (round((disc.y + 1.08 * disc.minor) * 40 / 300 - 0.5), round(disc.x * 40 / 300 - 0.5), 0.9)
    assert check_evidence(CARD, evidence(place), rendered.part, (300, 300), passes=False) is None


@pytest.mark.parametrize("explain", [True, False])
def test_evidence_beside_the_part_turns_any_verdict_into_review(inspector: Inspector, monkeypatch, explain: bool):
    monkeypatch.setattr(
        inspector._inference, "launch", lambda _: lambda: (np.array([9.0], np.float32), evidence((1, 1, 20.0))[None])
    )
    result = inspector.inspect(render_casting(seed=1).pixels, explain=explain)
    assert (result.verdict, result.reason) == (Verdict.REVIEW, OFF_PART)
    assert result.probability > 0.9


def test_an_unusable_picture_keeps_what_is_known_of_it(inspector: Inspector):
    content = encoded(np.full((200, 260), 90, np.uint8))
    result = inspector.inspect(content)
    assert (result.verdict, result.reason, result.probability, result.heatmap) == (
        Verdict.UNUSABLE, NO_PART, None, None,
    )  # fmt: skip
    assert result.regions == ()
    assert (result.width, result.height, result.sha256) == (260, 200, hashlib.sha256(content).hexdigest())


def test_a_picture_for_review_keeps_its_probability_and_map(inspector: Inspector):
    pixels = gray(ndimage.gaussian_filter(samples()[0].render().pixels.astype(np.float32), 2.2))
    result, quick = inspector.inspect(pixels), inspector.inspect(pixels, explain=False)
    assert (result.verdict, quick.verdict) == (Verdict.REVIEW, Verdict.REVIEW)
    assert result.reason == quick.reason
    assert "blurred" in result.reason
    assert (result.probability, result.heatmap.shape) == (pytest.approx(quick.probability, abs=0.01), (300, 300))


def test_a_broken_file_keeps_its_hash(inspector: Inspector, tmp_path: Path):
    content = encoded(render_casting(seed=0).pixels)[:2000]
    file = tmp_path / "part.png"
    file.write_bytes(content)
    for source in (content, file):
        result = inspector.inspect(source)
        assert result.verdict is Verdict.UNUSABLE
        assert result.sha256 == hashlib.sha256(content).hexdigest()
        assert result.width is None


def test_real_castings_pass(data_root: Path):
    paths = [sample.path for sample in read_provenance()][::25]
    findings = [gates(decode(data_root / path).pixels) for path in paths]
    assert sum(finding is not None for finding in findings) <= 0.005 * len(paths)


def test_the_second_capture_passes_mostly(masks_root: Path):
    findings = [gates(decode(file).pixels) for file in sorted((masks_root / "images").iterdir())]
    assert sum(finding is not None and finding.verdict is Verdict.UNUSABLE for finding in findings) == 0


def test_measuring_hardly_takes_time():
    pixels = render_casting(seed=0).pixels
    part, inputs = find_part(pixels), to_input(pixels, CARD.input_size)
    assert part is not None
    times = []
    for _ in range(50):
        started = perf_counter()
        measure(inputs, part, pixels.shape)
        times.append(perf_counter() - started)
    assert min(times) < 0.001  # 0.25 ms on a quiet core


def test_pictures_of_many_pixels_are_measured_at_the_networks_scale():
    pixels = np.asarray(Image.fromarray(render_casting(seed=2).pixels).resize((3000, 3000), Image.Resampling.BICUBIC))
    assert gates(pixels) is None
