"""The view *Smallest defect seen*: what it says is what the trials and the card say."""

import csv
import io
import re
from dataclasses import replace
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from casting_core.charts.detectability import Scale
from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.detectability.summary import summarise
from casting_core.evaluation.detectability.trials import FILE, PUBLIC, RENDERED, read_trials
from casting_core.networks.card import MODELS, ModelCard, read_card
from casting_core.networks.figures import Metrics
from casting_core.networks.limit_figures import DetectabilityFigures
from pages.shared import resources
from pages.views.evidence import detectability
from tests.charts.test_detectability import bins, kind, size
from tests.pages.conftest import alts, open_view, says, texts

CARD = read_card(MODELS / "castnet")
view = partial(open_view, "evidence.detectability")


def words(app: AppTest) -> str:
    return texts(app).replace("\N{NO-BREAK SPACE}", " ")


def calls(count: int) -> Estimate:
    return Estimate(count=count, of=20, value=count / 20, low=0.0, high=0.2)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """A model of which two kinds were tried, on real castings only."""
    never = size(None, "above")
    kinds = {
        "burr": kind(),
        "scratch": kind(
            hits=3, fit="no rise", a50=never, a90=never, a90_95=never, a90_95_photographs=never
        ),
    }  # fmt: skip
    public = DetectabilityFigures(
        pictures=20, photographs=5, diameter=250.0, false_calls=calls(1), false_calls_harmless=calls(2), kinds=kinds
    )
    card = replace(CARD, name="tried", metrics=Metrics(detectability={PUBLIC: public}))
    monkeypatch.setattr(resources, "models", lambda: ["tried"])
    monkeypatch.setattr(resources, "card", lambda name: card)
    return card


def test_each_kind_is_told_in_a_sentence(measured):
    said = words(view())
    assert (
        "**A burr of 4.0 % of the diameter (10 px) is stopped 9 times of 10**; with 95 % confidence that holds from "
        "**6.0 % (15 px)**." in said
    )
    assert "**Scratches: 9 of 10 is not reached within the sizes tried** (1.0 % to 16.0 %)" in said
    says(said, "3 of 30 were stopped, large ones no more often than small ones", "Tell the diameter of yours")
    says(said, "MIL-HDBK-1823A", "drawn, not grown")
    assert "1 of 20 (5.0 %; 0.0 % to 20.0 %) were not passed; with a harmless change drawn in, 2 of 20" in said


def test_the_diameter_turns_all_sizes_into_millimetres(measured):
    app = view(diameter="60")
    assert "A burr of 4.0 % of the diameter (10 px, 2.4 mm on a 60 mm part)" in words(app)
    shown = app.dataframe[0].value.set_index("kind")
    assert shown.loc["burr", "a90"].replace("\N{NO-BREAK SPACE}", " ") == "4.0 % · 10 px · 2.4 mm"
    assert shown.loc["scratch", "a90"] == "not reached within the sizes tried"
    assert any("a90/95 6.0 % · 15 px · 3.6 mm" in alt for alt in alts(app))


def test_kinds_are_chosen_in_the_link(measured):
    app = view(kinds="scratch")
    assert app.multiselect(key="kinds").value == ["scratch"]
    assert app.dataframe[0].value["kind"].tolist() == ["scratch"]
    assert len(alts(app)) == 2  # all kinds over each other, and that one
    app.multiselect(key="kinds").set_value([]).run()
    assert "Choose at least one kind" in words(app)
    assert not alts(app)


def test_without_figures_there_is_the_command_that_makes_them(measured, monkeypatch):
    monkeypatch.setattr(resources, "card", lambda name: replace(measured, metrics=Metrics()))
    app = view()
    assert app.code[0].value == "python -m casting_core evaluate tried --detectability --save"
    assert not alts(app)


def test_what_lies_below_or_is_not_sure_is_said():
    scale = Scale(pixels=250)
    below = kind(a90=size(None, "below"), a90_95=size(None, "below"), a90_95_photographs=size(None, "below"))
    assert "even at the smallest size tried**, 1.0" in detectability.sentence("chipping", below, scale, "marked")
    assert detectability.sentence("chipping", below, scale, "marked").endswith("that holds at all sizes tried.")
    unsure = detectability.sentence("burr", kind(a90_95=size(None, "above")), scale, "stopped")
    assert unsure.endswith("that is not reached within the sizes tried (up to 16.0 %).")


def test_the_caption_says_what_became_of_the_largest():
    assert detectability.caption(kind(), "stopped") == "19 of 30 stopped. All of the 10 largest were."
    assert detectability.caption(kind(bins=bins((1.0, 16.0, 10, 9))), "marked").endswith(
        "Of the 10 largest, 1 was not."
    )


def test_the_csv_holds_sizes_counts_and_the_curve():
    found = kind(a90_95=size(None, "above"))
    text = detectability.to_csv(
        {"burr": found}, Scale(pixels=250, millimetres=60), castings=PUBLIC, counted="stopped"
    ).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["what"] for row in rows] == [*detectability.SIZES, "counted", "counted", "curve", "curve", "curve"]
    a90, beyond, counted, curve = rows[1], rows[2], rows[4], rows[6]
    assert (a90["kind"], a90["percent"], a90["px"], a90["mm"]) == ("burr", "4.0", "10", "2.4")
    assert (beyond["percent"], beyond["remark"]) == ("", "above the sizes tried")
    assert [counted[name] for name in ("percent", "percent_to", "share", "hits", "trials")] == [
        "1.0", "4.0", "0.45", "9", "20",
    ]  # fmt: skip
    assert [curve[name] for name in ("percent", "share", "low", "high")] == ["1.0", "0.2", "0.1", "0.3"]


# The shipped model


def test_what_the_shipped_view_says_is_what_the_card_says():
    app = view()
    said = words(app)
    kinds = CARD.metrics.detectability[PUBLIC].kinds
    assert len(alts(app)) == 1 + len(kinds)
    for each in kinds.values():
        if each.a90.value is not None:
            assert f"{each.size_text('a90')} of the diameter" in said
        assert any(f"{each.hits:,} of {each.trials:,} stopped." in line for line in said.splitlines())
    table = app.dataframe[0].value.set_index("kind")
    for name, each in kinds.items():
        for key in ("a50", "a90", "a90_95", "a90_95_photographs"):
            shown = re.match(r"[\d.]+ %", table.loc[name, key].replace("\N{NO-BREAK SPACE}", " "))
            assert (None if shown is None else shown.group()) == (
                None if getattr(each, key).value is None else each.size_text(key)
            )


def test_the_curves_drawn_are_those_of_the_trials():
    trials = [trial for trial in read_trials(MODELS / "castnet" / FILE) if trial.base == RENDERED]
    chosen = [trial for trial in trials if trial.kind in ("sound", "harmless", "chipping", "scratch")]
    computed = summarise(chosen)[RENDERED].kinds
    assert computed == {name: CARD.metrics.detectability[RENDERED].kinds[name] for name in computed}


def test_marked_places_give_the_sizes_of_the_card():
    app = view(castings="Rendered castings", found="Marked by the map")
    assert "castings that this app rendered" in words(app)
    found = detectability.marked(CARD, RENDERED).result()
    for name, each in CARD.metrics.detectability[RENDERED].kinds.items():
        assert all(getattr(found.kinds[name], key) == value for key, value in vars(each.marked).items())
        assert f"{each.marked.hits:,} of {each.trials:,} marked." in words(app)


def test_a_damaged_file_of_trials_is_told_and_can_be_restored(tmp_path, monkeypatch):
    monkeypatch.setattr(detectability, "MODELS", tmp_path)
    (tmp_path / "castnet").mkdir()
    (tmp_path / "castnet" / FILE).write_text("nothing\n1\n")
    begun = detectability.marked(CARD, PUBLIC)
    with pytest.raises(DataError, match="restore it"):
        begun.result()
    detectability.marked(CARD, PUBLIC)  # lets go of what failed
    assert detectability.marked(CARD, PUBLIC) is not begun
