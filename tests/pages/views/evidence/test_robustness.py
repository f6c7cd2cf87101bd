"""The view *What shakes it*: what it says is what the card says, and a step is shown on a rendered casting."""

import csv
import io
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from casting_core.charts.robustness import FIGURES, range_text, title_of
from casting_core.data.images import decode
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.networks.card import MODELS, ModelCard, read_card
from casting_core.networks.figures import Metrics
from casting_core.networks.limit_figures import RobustnessFigures
from pages.shared import resources
from pages.shared.sample_pictures import sample_pictures
from pages.views.evidence import robustness
from tests.charts.test_robustness import light, noise
from tests.pages.conftest import alts, open_view, says, texts

CARD = read_card(MODELS / "castnet")
view = partial(open_view, "evidence.robustness")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """A model that was tried with two disturbances, and has another product, of which nothing is rendered."""
    found = RobustnessFigures(
        pictures=40,
        photographs=10,
        sound_photographs=4,
        undisturbed=light().levels[2],
        disturbances={"brightness": light(), "noise": noise()},
    )
    card = replace(CARD, name="tried", metrics=Metrics(robustness=found), data={"grouping": "picture"})
    monkeypatch.setattr(resources, "models", lambda: ["tried"])
    monkeypatch.setattr(resources, "card", lambda name: card)
    return card


def test_every_disturbance_is_summed_up_and_drawn(measured):
    app = view()
    said = texts(app)
    assert "40 photographs of 10 castings, 4 of them sound" in said
    assert "*As taken*, 1.0 % of the defective parts are missed, 2.0 % of the sound ones rejected, and 4.0 %" in said
    table = app.dataframe[0].value.set_index("disturbance")
    assert table.loc["Light", "holds"] == "from × 0.5 to × 1 (as taken)"
    assert table.loc["Light", "trained"] == "0.7 to 1.25"
    assert table.loc["Light", "second"].startswith("at × 2: 10.0 % missed")
    assert table.loc["Grain (noise)", ["holds", "trained"]].tolist() == ["up to 3 levels", "not varied"]
    assert [alt.partition(",")[0] for alt in alts(app)] == ["Light", "Grain (noise)", "Light", "Light"]
    assert "by no more than 1 and false alarms by no more than 2 points" in said


def test_one_disturbance_is_looked_at_up_close_by_its_link(measured):
    app = view(disturbance="Grain (noise)")
    assert app.selectbox(key="disturbance").value == "Grain (noise)"
    assert [alt.partition(",")[0] for alt in alts(app)][-2:] == ["Grain (noise)"] * 2
    said = texts(app)
    says(said, "No check measures this", "At 9 levels: 50.0 % missed, 0.0 % false alarms, 0.0 % to a person.")
    assert "not the product of this model" in said
    assert not app.get("image")


def test_without_figures_there_is_the_command_that_makes_them(measured, monkeypatch):
    monkeypatch.setattr(resources, "card", lambda name: replace(measured, metrics=Metrics()))
    app = view()
    assert app.code[0].value == "python -m casting_core evaluate tried --robustness --save"
    assert not alts(app)


def test_the_bounds_of_the_checks_are_told_from_the_card():
    card = replace(
        CARD,
        gates=("light", "frame"),
        envelope={"visible": (0.9, 1.0), "brightness": (70.0, 255.0), "drawing": (0.3, 1.0), "sharpness": (0.2, 1.0)},
    )
    assert robustness.gate_words("shift", card) == (
        "It goes to a person where less than 90 % of the rim is in the picture. There is no verdict where less than "
        "72 % of the rim is in the picture."  # 0.8 of the bound, as the gate has it
    )
    told = robustness.gate_words("brightness", card)
    assert "darker than 70 of 255 grey levels or more than 70 % of the face is burnt out" in told
    assert "darker than 28 of 255 grey levels or more than 94 % of the face is burnt out" in told
    assert robustness.gate_words("blur", card).startswith("No check measures this")  # it has no gate of focus
    both = replace(CARD, gates=("size",), envelope={"extent": (0.6, 1.1)})
    assert "narrower than 60 % of the picture’s short side or the part is wider than 110 %" in robustness.gate_words(
        "scale", both
    )


@pytest.mark.parametrize("each", CORRUPTIONS.values(), ids=lambda each: each.name)
def test_every_disturbance_has_words_and_a_picture(each):
    assert title_of(each.name) != each.name
    before = decode(sample_pictures()["Blow hole"].upload.data).pixels
    after = decode(robustness.disturbed_casting("Blow hole", each.name, each.levels[-1]).data).pixels
    assert after.shape == before.shape
    assert np.any(after != before)
    same = robustness.disturbed_casting("Blow hole", each.name, each.none)
    np.testing.assert_array_equal(decode(same.data).pixels, before)


def test_the_csv_holds_every_level(measured):
    rows = list(csv.DictReader(io.StringIO(robustness.to_csv(measured.metrics.robustness).decode("utf-8-sig"))))
    assert [(row["disturbance"], row["level"]) for row in rows][:2] == [("brightness", "0.25"), ("brightness", "0.5")]
    assert len(rows) == 7
    assert (rows[0]["figures_hold"], rows[1]["figures_hold"]) == ("no", "yes")
    missed = [float(rows[0][name]) for name in ("missed", "missed_low", "missed_high")]
    assert missed == pytest.approx([0.3, 0.29, 0.31])
    assert (rows[0]["reviews"], rows[0]["reviews_low"]) == ("0.9", "")


# The shipped model


def test_the_shipped_view_is_that_of_the_card_and_shows_a_casting():
    app = view(disturbance="Blur", casting="Blow hole")
    found = CARD.metrics.robustness.disturbances
    table = app.dataframe[0].value.set_index("disturbance")
    assert {title_of(name): range_text(name, each) for name, each in found.items()} == table["holds"].to_dict()
    assert len(alts(app)) == len(found) + 2
    for name, each in found.items():
        last = each.levels[-1]
        told = ", ".join(
            f"{title} {'none judged' if (share := last.share(key)) is None else f'{100 * share.value:.1f} %'}"
            for key, (title, _) in FIGURES.items()
        )
        assert any(alt.startswith(title_of(name)) and told in alt for alt in alts(app))
    images = [image.proto.imgs[0] for image in app.get("image")]
    assert len(images) == 2
    assert "As rendered: Defective" in images[0].alt
    assert all("Rendered by this app: no photograph of a real part" in image.caption for image in images)
    assert app.select_slider[0].value == "3 px"
    assert "The picture is blurred" in texts(app)  # the check of focus refuses the hardest step
    app.select_slider[0].set_value("as taken").run()
    assert "The picture is blurred" not in texts(app)
    again = view(disturbance="Blur", casting="Blow hole", **{"step-blur": "0.5 px"})
    assert again.select_slider[0].value == "0.5 px"  # a link brings the step back
