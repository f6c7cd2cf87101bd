"""The view of how models behave: numbers of the cards, pictures behind every number, two models, damaged ones."""

import json
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core.data.synthetic.casting import render_casting
from casting_core.labels import Label, Verdict
from casting_core.networks.card import DEFAULT, MODELS, read_card, shipped
from pages.views.comparison import held_out_view, model_results, pictures
from tests.pages.conftest import labels, open_view, says, texts

view = partial(open_view, "comparison.behaviour")


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The public set is not on this computer."""
    monkeypatch.setattr(pictures, "configured", lambda: (None, False))


@pytest.fixture
def with_pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is taken for the public set; it holds a rendered part for each missed defect of the default model,
    but for the last one."""
    monkeypatch.setattr(pictures, "configured", lambda: (tmp_path, True))
    for path in missed()[:-1]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(render_casting(seed=1, size=120).pixels).save(tmp_path / path, "JPEG")
    return tmp_path


def shown(model: str = DEFAULT) -> model_results.SelectedResults:
    return model_results.shown(model_results.known(model), unseen=True, as_filed=False)


def missed() -> list[str]:
    return list(shown().found.cells[Label.DEFECTIVE, Verdict.OK])


def drawn(app: AppTest) -> list[dict]:
    """What the galleries were given."""
    return [json.loads(each.proto.json) for each in app.get("bidi_component")]


@pytest.mark.parametrize(
    ("model", "split", "counted"),
    [(model, "by_source", "without_suspects") for model in shipped()]
    + [(DEFAULT, split, "as_filed") for split in ("by_source", "official_test")],
)
def test_the_numbers_on_the_page_are_those_of_the_card(model, split, counted):
    query = {"models": model}
    if split == "official_test":
        query["judged-on"] = "Official test"
    if counted == "as_filed":
        query["as-filed"] = "true"
    app = view(**query)
    told = read_card(MODELS / model).metrics.to_json()[split][counted]
    said = " ".join(labels(app))
    for label, by_verdict in told["verdicts"].items():
        for count in by_verdict.values():
            assert f"**{count:,}** {'sound' if label == 'ok' else 'defective'}" in said
    assert f"{told['pictures']:,} pictures of {told['photographs']} photographs" in texts(app)
    assert f"**{100 * told['expected_calibration_error']:.1f} points**" in texts(app)
    ends = told["intervals"]["roc_auc"]
    cell = app.table[0].value["Area under ROC"].iloc[0]
    assert cell == f"{told['roc_auc']:.4f} ({ends['low']:.3f} to {ends['high']:.3f})"
    assert ("what they remember" in texts(app)) is (split == "official_test")


def test_the_default_is_castings_never_seen_without_the_doubted_and_no_model_an_invitation():
    app = view()
    assert app.pills(key="models").value[0] == DEFAULT
    says(app, f"{len(shown().rows):,} pictures", "copy of the model that was trained without that photograph")
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    assert len(app.get("plotly_chart")) == 4
    app.pills(key="models").set_value([]).run()
    assert "Choose at least one model" in texts(app)


def test_zoom_draws_the_corner():
    assert "the corner of 10 %" not in view().get("plotly_chart")[0].proto.alt
    app = view(zoom="true")
    assert "the corner of 10 %" in app.get("plotly_chart")[0].proto.alt
    assert "near enough to the corner" in texts(app)


@pytest.mark.usefixtures("without_pictures")
def test_a_cell_opens_its_list_and_closes_it_again():
    app = view(models=DEFAULT)
    (button,) = [each for each in app.button if each.key == "cell defective-ok"]
    button.click().run()
    assert app.query_params["cell"] == "defective-ok"
    assert f"Defective parts, passed: {len(missed())} pictures" in texts(app)
    assert sorted(app.dataframe[-1].value["file"]) == missed()
    assert "data fetch" in texts(app)
    (button,) = [each for each in app.button if each.key == "cell defective-ok"]
    button.click().run()
    assert "cell" not in app.query_params
    assert not app.dataframe


@pytest.mark.usefixtures("without_pictures")
def test_one_picture_of_each_photograph_the_most_wrong_first():
    app = view(models=DEFAULT, cell="defective-ok", **{"defective-ok-once": "true"})
    listed = app.dataframe[-1].value
    assert listed["photograph"].is_unique
    rows = shown().rows
    assert set(listed["photograph"]) == {rows[path].row.source for path in missed()}
    assert listed["file"].iloc[0] == max(missed(), key=lambda path: pictures.hardness(rows[path]))


def test_pictures_that_are_here_are_tiles_and_open_with_the_map_of_the_copy_that_had_not_seen_them(with_pictures):
    app = view(models=DEFAULT, cell="defective-ok", picture=missed()[0])
    tiles = drawn(app)[0]["tiles"]
    assert sorted(tile["key"] for tile in tiles) == missed()
    assert {tile["key"]: tile["source"] is not None for tile in tiles} == {
        path: path != missed()[-1] for path in missed()
    }
    assert all("filed as defective" in tile["notes"][0][0] for tile in tiles)
    said = texts(app)
    assert missed()[0] in said
    assert "copy that had never seen this casting" in said
    assert len(app.get("image")) == 2


def test_a_picture_that_has_gone_is_told(with_pictures):
    app = view(models=DEFAULT, picture=missed()[-1])
    assert "not on this computer, or cannot be read" in texts(app)


def test_a_model_without_a_map_says_so_beside_the_other(with_pictures):
    app = view(models=[DEFAULT, "cnn"], picture=missed()[0])
    says(texts(app), "no map of its own evidence", "trained on this photograph")
    assert len(app.get("image")) == 3


def test_a_model_that_points_to_no_place_says_so(with_pictures):
    assert "points to no place" in texts(view(models="brightness", picture=missed()[0]))


def test_a_copy_of_altered_weights_is_a_line(with_pictures, monkeypatch):
    def damaged(folder: Path, fold: int) -> None:
        from casting_core.errors import ModelError

        raise ModelError(f"{folder.name} has altered weights of fold {fold}.")

    monkeypatch.setattr("casting_core.evaluation.held_out.held_out", damaged)
    held_out_view._copy.clear()
    held_out_view._judged.clear()
    app = view(models=DEFAULT, picture=missed()[0])
    says(app, "There is no map: the model cannot be used.", "altered weights of fold")


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("path", ["../../etc/passwd", "no such"])
def test_a_link_to_another_picture_opens_nothing(path):
    assert path not in texts(view(models=DEFAULT, picture=path, cell="x", close="nobody"))


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize("compared", ["By verdict", "At a probability of 50 %"])
def test_two_models_lists_and_tests(compared):
    app = view(models=[DEFAULT, "cnn"], compared=compared, among="second")
    pair = model_results.pair(shown(), shown("cnn"), unseen=True, as_filed=False)
    found = pair.by_verdict if compared == "By verdict" else pair.at_half
    assert f"**{len(found.only_first):,}** only {DEFAULT} right" in labels(app)
    assert f"**{len(found.both_wrong):,}** both wrong" in labels(app)
    assert any("left to a person" in label for label in labels(app)) is (compared == "By verdict")
    assert sorted(app.dataframe[-1].value["file"]) == list(found.only_second)
    said = texts(app)
    says(said, f"p = {found.disagreement.p_photographs:.3f}", f"**{found.kappa.value:.2f}**")
    says(said, f"So it {'is more than' if found.disagreement.p_photographs < 0.05 else 'may be'} chance", "one witness")


def test_a_list_as_csv_has_what_both_said():
    path = missed()[0]
    lines = pictures.to_csv([path], [shown(), shown("cnn")]).decode("utf-8-sig").splitlines()
    assert lines[0] == f"path,label,photograph,probability {DEFAULT},verdict {DEFAULT},probability cnn,verdict cnn"
    assert lines[1].startswith(f"{path},defective,{shown().rows[path].row.source},")
    assert lines[1].split(",")[4] == "ok"


def test_changing_names_changes_the_sides_and_not_the_chance():
    first, second = (
        model_results.pair(one, two, unseen=True, as_filed=False).by_verdict
        for one, two in ((shown(), shown("cnn")), (shown("cnn"), shown()))
    )
    assert first.only_first == second.only_second
    app = view(models=[DEFAULT, "cnn"], first="cnn")
    assert f"**{len(second.only_first):,}** only cnn right" in labels(app)
    assert f"**{DEFAULT} is right on" in texts(app)


def test_models_that_cannot_be_used_are_lines_and_the_others_stay(other_models):
    app = view(models=[DEFAULT, "unreadable", "flanges"])
    assert [error.value for error in app.error] == ["A model cannot be used and is left out."] * 2
    says(app, "unreadable: ", "cannot be read as predictions")
    assert len(app.get("plotly_chart")) == 4
    assert not [each for each in app.selectbox if each.key == "second"]


def test_no_usable_model_is_lines_alone(other_models):
    app = view(models=["unreadable"])
    assert len(app.error) == 1
    assert not app.get("plotly_chart")


@pytest.mark.parametrize(
    "damage",
    [
        {"metrics": []},
        {"metrics": {"by_source": {"folds": [0], "thresholds": []}}},
        {"metrics": {"by_source": None}},
        {"threshold_pass": "low"},
    ],
    ids=str,
)
def test_a_card_of_another_form_is_no_traceback(other_models, damage):
    folder = other_models / "bent"
    folder.mkdir()
    card = json.loads((MODELS / DEFAULT / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "name": "bent", **damage}))
    (folder / "predictions.csv").write_bytes((MODELS / DEFAULT / "predictions.csv").read_bytes())
    assert len(view(models=["bent"]).error) == 1


def test_models_of_different_products_are_not_compared(other_models):
    folder = other_models / "other"
    folder.mkdir()
    card = json.loads((MODELS / DEFAULT / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "name": "other", "data": {"grouping": "picture"}}))
    rows = (MODELS / DEFAULT / "predictions.csv").read_text().replace("_front/", "_other/")
    (folder / "predictions.csv").write_text(rows)
    app = view(models=[DEFAULT, "other"])
    assert not app.error
    says(app, "cannot be compared picture by picture", "no picture that both models have judged")
