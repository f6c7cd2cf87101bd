"""The view on the map, without a browser: the card's figures, its pictures, and what is not there."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from casting_core import Inspector
from casting_core.charts.maps import share_text
from casting_core.data.synthetic.casting import render_casting
from casting_core.labels import Verdict
from casting_core.networks.card import MODELS, ModelCard, read_card
from casting_core.networks.device import fast_dtype
from casting_core.networks.figures import Metrics
from pages.shared import resources
from pages.views.evidence import album, map_pictures
from tests.pages.conftest import open_view, says, texts

run = partial(open_view, "evidence.maps")


class Seeing:
    """FoldInspectors by the darkest pixel, quickly; what it refuses is looked at all the same."""

    def inspect(self, pixels: np.ndarray) -> SimpleNamespace:
        refused = pixels.shape[0] == 120
        return SimpleNamespace(
            probability=None if refused else 0.9,
            heatmap=None if refused else self._map(pixels),
            verdict=Verdict.UNUSABLE if refused else Verdict.DEFECTIVE,
        )

    def look(self, pixels: np.ndarray) -> tuple[float, np.ndarray]:
        return 0.4, self._map(pixels)

    def _map(self, pixels: np.ndarray) -> np.ndarray:
        return (pixels == pixels.min()).astype(np.float32)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick judge in place of the model, few castings, no folder with masks, and nothing kept."""
    monkeypatch.setattr(resources, "inspector", lambda model: Seeing())
    monkeypatch.setattr(map_pictures, "FEW", 4)
    monkeypatch.delenv("CASTING_MASKS", raising=False)
    album.album.clear()


@pytest.fixture
def card() -> ModelCard:
    return read_card(MODELS / "castnet")


def test_what_it_means_is_told_with_the_cards_numbers(card: ModelCard):
    told = texts(run())
    for name in ("second_capture", "rendered"):
        peak = getattr(card.metrics, name).peak_on_defect
        says(told, f"Of **{peak.of:,} defective parts**", f"in {peak.count:,}**")
    recall, falls = card.metrics.second_capture.region_recall.all, card.metrics.repair.falls
    says(told, f"{recall.count:,} of {recall.of:,} defects", f"On **{falls.of:,} defective parts**")
    says(told, f"**{falls.count:,} of them then pass**", "Not measured for")


def test_the_tables_are_the_cards(card: ModelCard):
    app = run()
    methods = app.dataframe[0].value.to_dict("records")
    for row, told in zip(methods, card.metrics.maps_second_capture.values(), strict=True):
        assert row["peak_on_defect"] == share_text(told.peak_on_defect)
        assert row["aupro_30"] == share_text(told.aupro_30)
    by_set = {row["Figure"]: row for row in app.table[0].value.to_dict("records")}
    for title, name in (("Second camera", "second_capture"), ("Rendered castings", "rendered")):
        told = getattr(card.metrics, name)
        assert by_set["Pixels told apart (area under the ROC curve)"][title] == share_text(told.pixel_auroc)
        assert by_set["Marked places that touch a defect"][title] == share_text(told.region_precision.all)
    last = "Strongest place on a defect, castings found nowhere in it"
    assert by_set[last]["Rendered castings"] == "not measured"


def test_what_is_compared_is_in_the_link():
    app = run(**{"map-figure": "Fall of the probability"})
    assert app.selectbox(key="map-figure").value == "Fall of the probability"
    assert "points" in str(app.get("plotly_chart")[-1].proto.spec)


def test_a_link_alone_renders_nothing_and_a_press_shows_the_best_and_the_worst_of_a_few_castings():
    app = run()
    assert "castings rendered here" not in texts(app)
    app.button(key="map few rendered").click().run()
    told = texts(app)
    says(told, "drawn by this app; no photographs of real parts", "Of 4 castings rendered here", "**Worst 1.**")
    assert "rendered casting 100000" in told
    assert len(app.get("imgs")) % 3 == 0
    assert "do not come with the app" in told


def test_all_castings_can_be_searched(monkeypatch: pytest.MonkeyPatch, card: ModelCard):
    six = replace(card, metrics=replace(card.metrics, rendered=replace(card.metrics.rendered, pictures=6)))
    monkeypatch.setattr(resources, "card", lambda name: six if name == "castnet" else read_card(MODELS / name))
    app = run()
    app.button(key="map few rendered").click().run()
    app.button(key="map all rendered").click().run()
    assert "Of 6 castings rendered here" in texts(app)
    assert not [each for each in app.button if each.key == "map all rendered"]


def write_marked(folder) -> None:
    """Three photographs with masks: a defect, a sound part, and a defective one that no gate lets pass."""
    (folder / "images").mkdir()
    (folder / "masks").mkdir()
    lines = ["file,label"]
    for seed, (size, kinds) in enumerate(((160, ["blow hole"]), (160, []), (120, ["blow hole"]))):
        one = render_casting(seed=seed, size=size, defects=kinds)
        Image.fromarray(one.pixels).save(folder / "images" / f"{seed}.png")
        Image.fromarray(one.mask).save(folder / "masks" / f"{seed}.png")
        lines.append(f"{seed}.png,{one.label}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_photographs_of_the_folder_with_masks_are_shown_on_demand(tmp_path, monkeypatch: pytest.MonkeyPatch):
    write_marked(tmp_path)
    monkeypatch.setenv("CASTING_MASKS", str(tmp_path))
    app = run()
    assert "photographs, 2 have" not in texts(app)
    app.button(key="map all masks").click().run()
    told = texts(app)
    says(told, "Of 3 photographs, 2 have known defects", "Verdict: no verdict, probability of a defect 40.0 %")


def test_a_damaged_folder_is_told(tmp_path, monkeypatch: pytest.MonkeyPatch):
    write_marked(tmp_path)
    (tmp_path / "masks" / "0.png").unlink()
    monkeypatch.setenv("CASTING_MASKS", str(tmp_path))
    app = run()
    app.button(key="map all masks").click().run()
    assert "cannot be used" in texts(app)
    assert "map all masks" in [each.key for each in app.run().button]  # nothing is kept of it


def test_a_model_without_any_of_it_is_told(monkeypatch: pytest.MonkeyPatch, card: ModelCard):
    monkeypatch.setattr(resources, "models", lambda: ["castnet"])
    monkeypatch.setattr(resources, "card", lambda name: replace(card, metrics=Metrics()))
    assert "No model’s map has been measured" in texts(run())
    bare = Metrics(second_capture=card.metrics.second_capture)
    monkeypatch.setattr(resources, "card", lambda name: replace(card, metrics=bare))
    told = texts(run())
    says(told, "Not measured: needs rendered castings", "Not measured: other ways", "Not measured: repairing")


@pytest.mark.slow
def test_the_photographs_give_the_cards_number(masks_root, monkeypatch: pytest.MonkeyPatch, card: ModelCard):
    monkeypatch.setattr(resources, "inspector", lambda model: loaded)
    loaded = Inspector.load("castnet")
    found = album.Album(map_pictures.read_marked(masks_root), map_pictures._judge("castnet"))
    while found.advance():
        pass
    peak = card.metrics.second_capture.peak_on_defect
    # the card was measured in bfloat16; a processor without it computes in float32, which moves one peak by a pixel
    slack = 0 if fast_dtype(torch.device("cpu")) == torch.bfloat16 else 1
    assert found.extremes.seen == peak.of
    assert abs(found.extremes.hits - peak.count) <= slack
