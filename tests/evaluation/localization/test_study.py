"""The studies of the map, from Python, with inspectors whose answers are known."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from casting_core.data.masked_set import LabelledImage
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.localization import study
from casting_core.evaluation.localization.labelled import LabelledSet
from casting_core.labels import Label, Verdict
from casting_core.networks.localization_figures import Count
from casting_core.networks.thresholds import Thresholds

DEFECT = (slice(4, 8), slice(4, 8))


class Stub:
    """An inspector that reads its answer off the first pixel: a probability in percent, over 100 refused by a gate.

    Its map marks `DEFECT` with that probability. `looked`: how often it judged past the gates.
    """

    card = SimpleNamespace(
        name="stub", architecture="logistic_regression", thresholds=Thresholds(passing=0.2, rejecting=0.8)
    )
    network = None

    def __init__(self, *, maps: bool = True) -> None:
        self.maps, self.looked = maps, 0

    def look(self, pixels: np.ndarray) -> tuple[float, np.ndarray | None]:
        self.looked += 1
        return self._answer(pixels[0, 0] - 100)

    def inspect(self, pixels: np.ndarray) -> SimpleNamespace:
        percent = int(pixels[0, 0])
        found = {"probability": None, "heatmap": None, "verdict": Verdict.UNUSABLE, "seconds": {"gate": 1.0}}
        if percent <= 100:
            found = dict(zip(("probability", "heatmap"), self._answer(percent), strict=True))
            found["verdict"] = Verdict.OK if percent < 20 else Verdict.DEFECTIVE if percent >= 80 else Verdict.REVIEW
            found["seconds"] = {"explain": 0.5}
        return SimpleNamespace(model="stub", **found)

    def _answer(self, percent: int) -> tuple[float, np.ndarray | None]:
        heatmap = np.zeros((16, 16), np.float32)
        heatmap[DEFECT] = percent / 100
        return percent / 100, heatmap if self.maps else None


def image(percent: int, photograph: int, *kinds: str) -> LabelledImage:
    """Of a defective part where there are `kinds`."""
    mask = np.zeros((16, 16), bool)
    mask[DEFECT] = bool(kinds)
    pixels = np.full((16, 16), percent, np.uint8)
    return LabelledImage(
        name="made up", pixels=pixels, mask=mask, defective=bool(kinds), photograph=photograph, kinds=kinds
    )


def set_of(*images: LabelledImage) -> LabelledSet:
    return LabelledSet(name="made up", total=len(images), read=lambda: iter(images))


def test_judged_by_hand() -> None:
    """Two defects found, one passed; two sound parts, of which one is rejected; one picture has two kinds."""
    pictures = set_of(
        image(90, 0, "crack"), image(10, 1, "crack"), image(60, 2, "crack", "pore"), image(5, 3), image(95, 4)
    )
    steps: list[tuple[int, int]] = []
    figures = study.judge(Stub(), pictures, {0: True, 1: False, 2: None}, lambda *step: steps.append(step))
    assert (figures.pictures, figures.defective_pictures, figures.photographs) == (5, 3, 5)
    assert (figures.passed.count, figures.passed.of) == (1, 3)
    assert (figures.rejected.count, figures.rejected.of) == (1, 2)
    assert (figures.peak_on_defect.count, figures.peak_on_defect.of) == (3, 3)
    assert figures.found_by_kind == {"crack": Count(count=1, of=2)}  # where a defect is alone
    assert (figures.known_photographs.pictures, figures.new_photographs.pictures) == (1, 1)
    assert steps == [(done, 5) for done in range(1, 6)]


def test_what_a_gate_refuses_is_measured_all_the_same() -> None:
    stub = Stub()
    figures = study.judge(stub, set_of(image(190, 0, "pore"), image(30, 1)))
    assert (stub.looked, figures.missed_at_half.count) == (1, 0)
    assert (figures.passed.count, figures.passed.of) == (0, 1)  # nobody ships an unusable one
    assert figures.found_by_kind == {"pore": Count(count=1, of=1)}
    assert figures.known_photographs is figures.new_photographs is None


def test_where_no_kinds_are_told_none_are_counted() -> None:
    assert study.judge(Stub(), set_of(image(30, 0), image(40, 1))).found_by_kind is None


def test_a_model_without_a_map_has_nothing_to_measure() -> None:
    for percent in (30, 130):  # judged, and refused by a gate
        with pytest.raises(DataError, match="stub has no map"):
            study.judge(Stub(maps=False), set_of(image(percent, 0)))


def test_the_public_set_is_looked_up_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two castings is in it; where the folder is missing nobody looks."""
    pixels = [render_casting(seed=seed, size=300).pixels for seed in (5, 6)]
    Image.fromarray(pixels[0]).save(tmp_path / "a.png")
    sample = Sample(path="a.png", split="train", label=Label.OK, source=0)
    monkeypatch.setattr("casting_core.evaluation.localization.study.read_provenance", lambda: [sample])
    truths = [
        LabelledImage(name="made up", pixels=each, mask=np.zeros_like(each, bool), defective=False, photograph=number)
        for number, each in enumerate(pixels)
    ]
    found = study.look_up(set_of(*truths), tmp_path)
    assert found[0] is True
    assert found[1] is not True


def test_where_the_public_set_is_missing_nobody_looks(tmp_path: Path) -> None:
    def never() -> Iterator[LabelledImage]:
        raise AssertionError("it was read")

    assert study.look_up(LabelledSet(name="x", total=2, read=never), tmp_path / "nowhere") is None


def test_a_network_without_convolutions_has_no_maps_to_compare() -> None:
    with pytest.raises(SettingsError, match="no convolutions"):
        study.compare(Stub(), set_of(), slow=0, faithful=0)


def test_sound_parts_are_not_repaired() -> None:
    """Nor defective ones that the model passes, as there is nothing to explain."""
    steps: list[tuple[int, int]] = []
    figures = study.repairs(Stub(), set_of(image(90, 0), image(5, 1, "crack")), lambda *step: steps.append(step))
    assert (figures.pictures, steps) == (0, [(1, 2), (2, 2)])
