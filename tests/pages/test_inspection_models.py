"""The page *Inspection* with models of every kind: of another product, without a map, of comparison, damaged."""

import io
import json

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core.data.samples import read_provenance
from casting_core.errors import ModelError
from casting_core.labels import Label
from casting_core.networks.card import DEFAULT, MODELS, read_card
from pages.shared import downloads, resources, wording
from pages.shared.uploads import Upload
from pages.views.inspection import printout, single
from tests.inspection.other_models import CLASSES, KNOWN, use
from tests.pages.conftest import ROOT, button, labels, open_inspection, png, says, texts, upload

# a known part of `flanges` has the path of a picture of the public set
pytestmark = pytest.mark.usefixtures("other_models")
ORDER = [DEFAULT, "damaged", "flanges", "plates", "unreadable"]


def marked(app: AppTest) -> dict:
    """What the component with the marked places was given."""
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def another(model: str) -> AppTest:
    """The page with a picture given to a model."""
    return upload(open_inspection(model=model), ("part.png", png(2)))


def test_the_default_comes_first_every_choice_is_told_and_survives_another_page():
    app = open_inspection()
    assert (app.selectbox(key="model").options, app.selectbox(key="model").value) == (ORDER, DEFAULT)
    assert f"{DEFAULT}: made to inspect parts" in texts(app)
    app.selectbox(key="model").set_value("plates").run()
    app.switch_page("pages/overview.py").run()
    app.switch_page("pages/inspection.py").run()
    assert app.selectbox(key="model").value == "plates"


@pytest.mark.parametrize("model", ["flanges", "plates"])
def test_samples_are_offered_to_models_of_castings_only(model):
    empty = open_inspection(model=model)
    assert not [each for each in empty.button if each.key and each.key.startswith("try ")]
    assert "Nothing to judge yet" in texts(empty)
    sample = open_inspection(model=model, source="Sample", sample="Burr")
    assert "The samples are castings" in texts(sample)
    assert "Nothing to judge yet" not in texts(sample)
    assert not sample.header


def test_a_model_of_another_product_tells_what_it_knows_and_what_it_does_not(monkeypatch):
    def asked(*_: object) -> None:
        raise AssertionError("the photographs of the public set are not its own")

    monkeypatch.setattr(resources, "_look_up", asked)
    monkeypatch.setattr(resources, "known_picture", asked)
    app = another("flanges")
    said = texts(app)
    assert app.header
    says(said, f"trained on another product ({CLASSES})", f"Classes that it was trained on: {CLASSES}.")
    says(said, "Not looked up among the training photographs", "not been measured on castings never seen")
    assert said.count("%** alike") == 2
    assert all(path in said for path in KNOWN)
    says(said, "Known parts most like this one", "named and not shown")


def test_without_a_part_the_places_have_no_clock_and_nothing_is_repaired():
    app = another("flanges")
    rows = marked(app)["rows"]
    assert rows
    assert {(row[1], row[2]) for row in rows} == {("–", "–")}
    assert "no ring to take sound metal from" in " ".join(texts(app).split())
    assert "Repair and judge again" not in labels(app)


@pytest.mark.parametrize("model", ["flanges", "plates"])
def test_stability_needs_no_part(model):
    app = another(model)
    button(app, "Turn, relight and judge again").click().run()
    assert len(app.dataframe[-1].value) == 8


def test_a_model_without_a_map_marks_nothing_and_says_why():
    app = another("plates")
    says(app, "no map of its evidence", "no convolutions", "no features in which")
    shown = marked(app)
    assert len(shown["pictures"]) == 1
    assert not shown["empty"]  # not that no place reaches 50 %: none was looked at
    assert not app.slider  # nothing to set where there is no evidence to show
    assert marked(another(DEFAULT))["empty"] == wording.NONE_MARKED


@pytest.mark.parametrize("model", ["flanges", "plates"])
def test_all_files_to_take_away_are_made(model):
    given = Upload.of("a.png", png(2))
    judged = resources.judge.__wrapped__(given, model=model)
    record = json.loads(single.all_answers(given, judged))
    answers = record["examination"]
    assert record["model"] == model
    assert answers["seen_before"] is answers["proof"] is None
    assert len(answers["stability"]["variants"]) == 24
    assert (answers["precedents"] is None) is (model == "plates")
    sheet = printout.page(given, judged)
    says(sheet, f"{model}, on", "another product")
    assert wording.NONE_MARKED not in sheet
    assert (wording.NO_MAP in sheet) is (model == "plates")
    assert downloads.to_csv([(given, judged.inspection)]).decode("utf-8-sig").splitlines()[1].startswith("a.png,")
    with Image.open(io.BytesIO(downloads.overlay_png(judged))) as overlay:
        assert overlay.size == judged.picture.size


@pytest.mark.parametrize("model", ["flanges", "plates"])
def test_many_pictures_are_judged(model, wait_for):
    app = upload(open_inspection(model=model), ("a.png", png(0)), ("b.png", png(2)))
    app = wait_for(app, lambda now: now.session_state["job"][1].finished)
    app.run()
    lines = [app.session_state["job"][1].result(each.sha256) for each in app.session_state["uploads"][1]]
    assert [inspection.model for inspection, _ in lines] == [model, model]
    assert "2 of 2 pictures" in texts(app)


@pytest.mark.parametrize(
    ("model", "told"), [("damaged", "not the file that its card describes"), ("unreadable", "not a model card")]
)
def test_a_model_that_cannot_be_loaded_is_a_sentence_and_the_others_still_work(model, told):
    app = upload(open_inspection(), ("part.png", png(2)))
    app.selectbox(key="model").set_value(model).run()
    assert [error.value for error in app.error] == ["This model cannot be used; choose another one."]
    assert told in texts(app)
    app.selectbox(key="model").set_value(DEFAULT).run()
    assert not app.error
    assert wording.WORDING["defective"].word in app.header[0].value


def test_other_models_change_nothing_on_the_first_page():
    app = AppTest.from_file(ROOT / "app.py", default_timeout=300).run()
    for limit in read_card(MODELS / DEFAULT).limits:
        assert limit in texts(app)
    assert "flanges" not in texts(app)


def test_a_network_of_comparison_has_grad_cam_and_no_map(monkeypatch):
    use(MODELS, monkeypatch)
    monkeypatch.setattr(resources, "MODELS", MODELS)
    app = open_inspection(source="Sample", sample="Blow hole", model="cnn")
    assert "here to be compared with, not to inspect parts" in app.warning[0].value  # beside its advice
    assert "Parts cannot be compared by it" in texts(app)
    assert "Compare parts by the evidence map" not in texts(app)
    says(app, "no map of its evidence", "Its scale is its own")
    assert app.selectbox(key="method").value == "gradcam"
    assert "Repair and judge again" not in labels(app)


def test_a_known_path_of_the_public_set_is_one():
    """What `KNOWN` is for: else the test above that shows no such picture could not fail."""
    assert KNOWN[0] in {sample.path for sample in read_provenance() if sample.label is Label.OK}


def test_a_model_that_could_not_be_loaded_can_be_as_soon_as_its_file_is_restored(monkeypatch):
    """Even where nobody asked while it was damaged: the first page begins to load it in advance."""
    states = iter([ModelError("damaged"), ModelError("damaged"), "the model"])

    def load(model: str):
        state = next(states)
        if isinstance(state, ModelError):
            raise state
        return state

    monkeypatch.setattr(resources, "_load", load)
    resources._loading.clear("some model")
    assert resources._loading("some model").exception() is not None  # in advance
    with pytest.raises(ModelError):
        resources.inspector("some model")  # it was tried again
    assert resources.inspector("some model") == "the model"
    resources._loading.clear("some model")
