"""Twenty-four looks at one picture: what is looked at, and what is made of the answers."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from casting_core import Inspector, Verdict
from casting_core.data.images import ImageLimits
from casting_core.data.synthetic.casting import render_casting, samples
from casting_core.inspection.stability import GAINS, check_stability, exposed
from casting_core.networks.device import fast_dtype

TOLERANCE = 1e-4 if fast_dtype(torch.device("cpu")) == torch.float32 else 0.01
CORNER = np.array([[10, 20, 30], [40, 50, 200]], np.uint8)


@dataclass
class Answer:
    verdict: Verdict
    probability: float | None


@dataclass
class Judge:
    """Stands in for an inspector; keeps what it was shown and answers by a rule that is known."""

    rule: Callable[[np.ndarray], Answer]
    seen: list[np.ndarray] = field(default_factory=list)

    def inspect_many(self, sources: Iterable[np.ndarray], *, batch_size: int, explain: bool) -> Iterator[Answer]:
        assert not explain
        for source in sources:
            self.seen.append(source)
            yield self.rule(source)


def ok(pixels: np.ndarray) -> Answer:
    return Answer(Verdict.OK, 0.1)


def test_eight_orientations_in_three_exposures_worked_out_by_hand():
    judge = Judge(ok)
    before = CORNER.copy()
    variants = check_stability(judge, CORNER).variants
    np.testing.assert_array_equal(CORNER, before)
    assert len(variants) == len(judge.seen) == 24
    shown = {(v.turn, v.mirrored, v.gain): seen.tolist() for v, seen in zip(variants, judge.seen, strict=True)}
    assert len(shown) == 24
    assert (variants[0].turn, variants[0].mirrored, variants[0].gain) == (0, False, 1.0)
    assert shown[0, False, 1.0] == CORNER.tolist()
    assert shown[90, False, 1.0] == [[40, 10], [50, 20], [200, 30]]  # clockwise: the left column becomes the top row
    assert shown[180, False, 1.0] == [[200, 50, 40], [30, 20, 10]]
    assert shown[270, False, 1.0] == [[30, 200], [20, 50], [10, 40]]
    assert shown[0, True, 1.0] == [[30, 20, 10], [200, 50, 40]]
    assert shown[90, True, 1.0] == [[200, 30], [50, 20], [40, 10]]
    assert shown[0, False, 0.8] == [[8, 16, 24], [32, 40, 160]]
    assert shown[0, False, 1.25] == [[12, 25, 38], [50, 62, 250]]  # 12.5, 37.5 and 62.5 go to the even neighbour
    assert len({seen.tobytes() + bytes(seen.shape) for seen in judge.seen}) == 24  # no two are one picture


def test_what_is_cut_at_white_is_told():
    half = np.array([[100, 204, 205, 255]], np.uint8)
    by_gain = {v.gain: v.clipped for v in check_stability(Judge(ok), half).variants}
    assert by_gain == {1.0: 0.0, 0.8: 0.0, 1.25: 0.5}  # 204 · 1.25 = 255 is white, but nothing is lost
    assert exposed(half, 1.25).tolist() == [[125, 255, 255, 255]]


def test_one_verdict_is_kept_and_one_that_differs_means_review():
    steady = check_stability(Judge(lambda pixels: Answer(Verdict.DEFECTIVE, 0.9)), CORNER)
    assert (steady.agrees, steady.verdict) == (True, Verdict.DEFECTIVE)
    assert (steady.lowest, steady.highest) == (0.9, 0.9)

    def touchy(pixels: np.ndarray) -> Answer:
        return Answer(Verdict.DEFECTIVE, 0.8) if pixels[0, 0] == 250 else ok(pixels)

    shaken = check_stability(Judge(touchy), CORNER)
    assert (shaken.agrees, shaken.verdict) == (False, Verdict.REVIEW)
    assert (shaken.lowest, shaken.highest) == (0.1, 0.8)
    assert shaken.counts == {Verdict.OK: 22, Verdict.DEFECTIVE: 2}  # the bright corner lies top left in two of eight
    with pytest.raises(dataclasses.FrozenInstanceError):
        shaken.variants = ()


def test_unusable_in_some_variants_means_review_and_has_no_probability():
    def dark_is_unusable(pixels: np.ndarray) -> Answer:
        return Answer(Verdict.UNUSABLE, None) if pixels.max() < 200 else ok(pixels)

    partly = check_stability(Judge(dark_is_unusable), CORNER)
    assert (partly.agrees, partly.verdict) == (False, Verdict.REVIEW)
    assert partly.counts[Verdict.UNUSABLE] == 8
    assert (partly.lowest, partly.highest) == (0.1, 0.1)


def test_what_the_inspector_cannot_use_is_unusable_throughout(inspector: Inspector):
    small = Inspector(
        inspector.network, inspector.card, device=torch.device("cpu"), limits=ImageLimits(max_pixels=1000)
    )
    for pixels in (np.zeros((40, 40), np.uint8), np.zeros((0, 5), np.uint8)):
        stability = check_stability(small, pixels)
        assert (stability.agrees, stability.verdict) == (True, Verdict.UNUSABLE)
        assert stability.lowest is stability.highest is None
        assert json.loads(json.dumps(stability.to_json(), allow_nan=False))["lowest"] is None


def test_the_gate_counts(inspector: Inspector):
    """Nothing of a part is there: no variant passes or fails, whatever the network says."""
    pixels = np.full((300, 300), 90, np.uint8)
    pixels[:, 150:] = 190
    stability = check_stability(inspector, pixels)
    assert stability.agrees
    assert stability.verdict in (Verdict.REVIEW, Verdict.UNUSABLE)
    assert stability.verdict == inspector.inspect(pixels).verdict


def test_the_first_variant_is_what_the_inspector_says_of_the_picture(inspector: Inspector):
    for sample in samples()[:3]:
        pixels = sample.render().pixels[:, 4:]  # not square: the turned ones have another shape
        stability = check_stability(inspector, pixels)
        alone = inspector.inspect(pixels, explain=False)
        assert stability.variants[0].verdict == alone.verdict
        assert stability.variants[0].probability == pytest.approx(alone.probability, abs=TOLERANCE)
        assert stability.lowest <= stability.variants[0].probability <= stability.highest
        assert stability.agrees == (len({v.verdict for v in stability.variants}) == 1)


def test_a_turned_and_mirrored_picture_is_as_stable(inspector: Inspector):
    """The eight orientations of a turned picture are those of the picture, in another order."""
    pixels = render_casting(seed=14, size=300, defects="random").pixels
    turned = np.ascontiguousarray(np.rot90(pixels)[:, ::-1])
    one, other = check_stability(inspector, pixels), check_stability(inspector, turned)
    assert len(one.variants) == 3 * 8
    for gain in GAINS:
        first, second = (sorted(v.probability for v in s.variants if v.gain == gain) for s in (one, other))
        np.testing.assert_allclose(first, second, atol=TOLERANCE)
    assert one.verdict == other.verdict


def test_as_strict_json(inspector: Inspector):
    stability = check_stability(inspector, samples()[2].render().pixels)
    values = json.loads(json.dumps(stability.to_json(), allow_nan=False))
    assert values["verdict"] == str(stability.verdict)
    assert sum(values["counts"].values()) == len(values["variants"]) == 24
    assert set(values["variants"][0]) == {"turn", "mirrored", "gain", "clipped", "verdict", "probability"}
