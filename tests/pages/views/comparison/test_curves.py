"""Curves of trainings without a browser: what ships, what runs, what a visitor brings, and all that can be missing."""

import base64
import io
import json
import os
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from casting_core.networks.card import DEFAULT, MODELS, shipped
from casting_core.training.logs.log import COLUMNS
from pages.shared.wording import as_it_is
from pages.views.comparison import training_runs
from tests.pages.conftest import open_view, says, texts

HEADER = ",".join(COLUMNS) + "\n"
ROW = "{},0.5,0.7,{},0.6,0.001,2,300\n"
open_curves = partial(open_view, "comparison.curves")


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of runs, empty; nothing is known of others."""
    folder = tmp_path / "runs"
    folder.mkdir()
    monkeypatch.setenv(training_runs.FOLDER, str(folder))
    training_runs._catalogue.clear()
    return folder


def run_folder(runs: Path, name: str, log: str | None, *, epochs: int | None = 10, ended: bool = True) -> Path:
    """A run of this computer; long over if it has ended."""
    folder = runs / name
    folder.mkdir()
    if log is not None:
        (folder / "log.csv").write_text(log)
    if epochs is not None:
        settings = {"model": "cnn", "name": "", "split": "official", "fold": None, "seed": 0, "epochs": epochs}
        (folder / "settings.json").write_text(json.dumps(settings))
    if ended:
        (folder / "result.json").write_text("{}")
        for file in folder.iterdir():
            os.utime(file, (1e9, 1e9))
    return folder


def rows(count: int) -> str:
    """A log of so many epochs."""
    return HEADER + "".join(ROW.format(epoch, 1 / epoch) for epoch in range(1, count + 1))


def figures(app: AppTest) -> dict[str, dict]:
    """The charts, loss and accuracy, as their specifications."""
    found = [json.loads(each.proto.spec) for each in app.get("plotly_chart")]
    return dict(zip(("loss", "accuracy"), found, strict=True)) if found else {}


def numbers(values: object) -> list[float]:
    """The numbers of a trace, as Plotly writes them."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).astype(float).tolist()
    assert isinstance(values, list)
    return values


def drawn(app: AppTest, measure: str = "loss") -> dict[str, tuple[list[float], list[float]]]:
    """The lines by what a pointer reads there: x and y."""
    told = figures(app).get(measure, {"data": []})["data"]
    found = {}
    for trace in told:
        if "hovertemplate" in trace:
            name = trace["hovertemplate"].partition("<extra>")[2].removesuffix("</extra>")
            found[name] = (numbers(trace["x"]), numbers(trace["y"]))
    return found


def test_the_shipped_training_of_each_model_is_drawn_and_described_until_none_is_chosen():
    app = open_curves()
    assert app.multiselect(key="runs").value == shipped()
    found = drawn(app)
    assert set(found) == {f"{name}, {what}" for name in shipped() for what in ("held out", "training")}
    assert len(found[f"{DEFAULT}, held out"][0]) == len((MODELS / DEFAULT / "log.csv").read_text().splitlines()) - 1
    said = texts(app)
    for name in shipped():
        assert f"**{as_it_is(name)}**" in said
    stars = [trace for trace in figures(app)["loss"]["data"] if trace.get("marker", {}).get("symbol") == "star"]
    assert len(stars) == len(shipped())
    assert "turned copies of training images" in said
    app.multiselect(key="runs").set_value([]).run()
    assert "No run is chosen" in texts(app)


def test_a_link_opens_the_same_view_again():
    query = {"runs": ["castnet, fold 0", "castnet, seed 1"], "by": "Time", "axis": "Logarithmic", "smooth": "0.5"}
    app = open_curves(**query, **{"from": "1", "to": "6", "numbers": "true"})
    assert (app.multiselect(key="runs").value, app.slider(key="smooth").value) == (query["runs"], 0.5)
    figure = figures(app)["loss"]["layout"]
    assert (figure["xaxis"]["title"]["text"], figure["yaxis"]["type"]) == ("Time since training began (min)", "log")
    assert figure["hovermode"] == "x unified"
    assert 0.8 < figure["xaxis"]["range"][0] < 1 < 6 < figure["xaxis"]["range"][1] < 6.2
    assert set(app.dataframe[0].value["run"]) == set(query["runs"])
    app.button(key="whole").click().run()
    assert app.number_input(key="from").value is None
    assert "range" not in figures(app)["loss"]["layout"]["xaxis"]


def test_nonsense_in_the_link_does_no_harm_and_what_is_gone_is_named():
    app = open_curves(runs="gone *", by="x", axis="?", smooth="7", **{"from": "9", "to": "3"})
    says(app, "Some runs that the link names are not here", "• gone *")
    app = open_curves(**{"from": "9", "to": "3"})
    assert "*To* must be more than *From*" in texts(app)


def marked() -> None:
    import streamlit as st

    from pages.views.comparison import curves

    st.session_state["curves loss"] = {"selection": {"box": [{"x": [6.4987, 2.2013], "y": [0, 1]}]}}
    curves._take_part("curves loss")
    st.session_state["curves loss"] = {"selection": {"box": []}}
    curves._take_part("curves loss")
    st.text(f"{st.session_state['from']} to {st.session_state['to']}")


def test_a_part_that_is_marked_in_a_chart_is_zoomed_on():
    assert [each.value for each in AppTest.from_function(marked).run().text] == ["2.2 to 6.5"]
    app = open_curves(runs="cnn", **{"from": "2.2", "to": "6.5"})
    assert drawn(app)["cnn, held out"][0] == [2, 3, 4, 5, 6, 7]
    assert drawn(app, "accuracy")["cnn, training"][0] == [2, 3, 4, 5, 6, 7]


def test_a_half_written_last_line_is_left_out(runs: Path):
    run_folder(runs, "cnn-official-seed0", rows(3) + "4,0.5,0.", epochs=3)
    app = open_curves(runs="cnn-official-seed0 (this computer)")
    assert drawn(app)["cnn-official-seed0 (this computer), held out"][0] == [1, 2, 3]
    assert "half written" in texts(app)


@pytest.mark.parametrize("log", ["", HEADER, "epoch,tra"])
def test_an_empty_log(runs: Path, log: str):
    run_folder(runs, "early", log)
    app = open_curves(runs=["early (this computer)", "cnn"])
    assert "No epoch has been finished yet." in texts(app)
    app.multiselect(key="runs").set_value(["early (this computer)"]).run()
    assert "None of these logs tells the loss here." in texts(app)


def test_a_log_that_cannot_be_read_and_one_that_is_missing_are_named(runs: Path):
    run_folder(runs, "broken", "a,b\n1,2\n")
    run_folder(runs, "bare", None)
    app = open_curves()
    said = texts(app)
    says(said, "broken (this computer): ", "none is called `epoch` or `step`")
    assert "bare (this computer): log.csv is missing, so there is no curve." in said
    assert not {"broken (this computer)", "bare (this computer)"} & set(app.multiselect(key="runs").options)


def test_a_card_without_a_log_and_a_log_without_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    models = tmp_path / "models"
    for name, file in (("carded", "card.json"), ("logged", "log.csv")):
        (models / name).mkdir(parents=True)
        (models / name / file).write_bytes((MODELS / "cnn" / file).read_bytes())
    monkeypatch.setattr(training_runs, "MODELS", models)
    app = open_curves()
    assert app.multiselect(key="runs").value == ["logged"]
    assert "card.json is missing, so nothing is known about this model but its log." in texts(app).replace("\\", "")
    assert "carded: log.csv is missing, so there is no curve." in texts(app)


def test_no_training_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_runs, "MODELS", tmp_path / "nothing")
    monkeypatch.setenv(training_runs.FOLDER, str(tmp_path / "nowhere"))
    assert "There is no training log yet" in texts(open_curves())


def test_ten_thousand_epochs(runs: Path):
    run_folder(runs, "long", rows(10_000), epochs=10_000)
    app = open_curves(runs=["long (this computer)", "cnn"], numbers="true", smooth="0.6")
    found = drawn(app)
    assert len(found["long (this computer), held out"][0]) <= 1500
    assert len(found["cnn, held out"][0]) == 10
    assert "1,500 points show the least" in texts(app).replace("\\", "")
    listed = app.dataframe[0].value[app.dataframe[0].value["run"] == "long (this computer)"]
    assert len(listed) <= 1500
    assert listed["train_accuracy"].unique().tolist() == [70.0]  # in %
    app.number_input(key="from").set_value(9_901.0).run()
    assert drawn(app)["long (this computer), held out"][0] == list(range(9900, 10_001))


def test_a_run_that_goes_on_appears_with_its_progress_and_grows(runs: Path):
    folder = run_folder(runs, "now", rows(2), epochs=5, ended=False)
    app = open_curves()
    assert app.multiselect(key="runs").value == shipped()
    assert drawn(app)["now (this computer), held out"][0] == [1, 2]
    assert [each.proto.text for each in app.get("progress")] == ["now (this computer): 2 of 5 epochs"]
    assert "in progress, 2 of 5 epochs" in texts(app)
    with (folder / "log.csv").open("a") as stream:
        stream.write(ROW.format(3, 0.2))
    app.run()
    assert drawn(app)["now (this computer), held out"][0] == [1, 2, 3]
    with (folder / "log.csv").open("a") as stream:
        stream.write(ROW.format(4, 0.2) + ROW.format(5, 0.2))
    (folder / "result.json").write_text("{}")
    app.run()
    assert not app.get("progress")
    assert drawn(app)["now (this computer), held out"][0] == [1, 2, 3, 4, 5]  # still drawn after it has ended
    app.toggle(key="follow").set_value(False).run()
    assert "now (this computer), held out" not in drawn(app)


def test_a_run_that_has_written_nothing_yet(runs: Path):
    run_folder(runs, "begun", None, epochs=7, ended=False)
    app = open_curves()
    assert [each.proto.text for each in app.get("progress")] == ["begun (this computer): 0 of 7 epochs"]


def test_logs_of_ones_own_are_drawn_and_bad_ones_named():
    app = open_curves(runs="cnn")
    keras = b"epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,0.7,0.6,0.65\n1,0.6,0.6,0.7,0.5\n"
    files = [
        ("mine.csv", keras, "text/csv"),
        ("mine.csv", keras, "text/csv"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
        ("rate.csv", b"epoch,lr\n1,0.1\n", "text/csv"),
        ("events.out.tfevents.1", b"nothing of the kind", ""),
    ]
    app.file_uploader(key="logs-0").set_value(files)
    app.run()
    assert app.multiselect(key="runs").value == ["cnn", "mine (your file)", "mine (2) (your file)"]
    assert drawn(app)["mine (your file), held out"] == ([1, 2], [0.65, 0.5])
    said = texts(app)
    says(
        said, "• picture.png: is an image", "• rate.csv: has neither a loss nor an accuracy", "• events.out.tfevents.1"
    )
    assert "Epochs counted from 0 in the file" in said
    assert "Guessed: loss is taken for the loss on training" in said
    (listed,) = (each for each in app.expander if "logs" in each.label and "runs" in each.label)
    assert listed.label == "2 logs, 2 runs; some of it is guessed, and can be corrected"
    assert not listed.proto.expanded  # the curves stand below it
    assert app.expander[0].label == "Add further logs"
    assert not app.multiselect(key="runs").proto.default  # the chosen ones are its value, not its default too
    app.button(key="forget 1").click().run()
    assert app.multiselect(key="runs").value == ["cnn", "mine (your file)"]


def test_names_from_outside_are_shown_as_they_are(runs: Path):
    run_folder(runs, "a *b* <i>$x$", rows(3), epochs=3)
    app = open_curves(runs="a *b* <i>$x$ (this computer)")
    assert "a \\*b\\* \\<i\\>\\$x\\$ (this computer)" in texts(app)
    assert "&lt;i&gt;" in figures(app)["loss"]["data"][0]["name"]


def test_what_was_guessed_is_said_and_can_be_set_right():
    app = open_curves(runs="cnn")
    files = [("fit.csv", b"epoch,round,loss,val_loss\n1,11,0.7,0.65\n2,12,0.6,0.5\n", "text/csv")]
    app.file_uploader(key="logs-0").set_value(files)
    app.run()
    assert "Guessed: loss is taken for the loss on training" in texts(app)
    app.text_input(key="name 0").set_value("mine")
    app.selectbox(key="epoch 0").set_value("round")
    app.selectbox(key="train_loss 0").set_value("val_loss")
    app.selectbox(key="validation_loss 0").set_value("loss")
    app.button(key="apply 0").click().run()
    assert app.multiselect(key="runs").value == ["cnn", "mine (your file)"]
    assert drawn(app)["mine (your file), held out"] == ([11, 12], [0.7, 0.6])
    assert drawn(app)["mine (your file), training"] == ([11, 12], [0.65, 0.5])
    assert "Guessed" not in texts(app)
    assert "1 log, 1 run" in [each.label for each in app.expander]


def test_an_archive_of_folds_becomes_a_curve_for_each_and_unnamed_images_stay_unnamed():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a/kfold.csv", "fold,epoch,val_loss\n0,1,0.5\n0,2,0.4\n1,1,0.6\n1,2,0.3\n")
        made.writestr("a/notes.md", "nothing")
        made.writestr("b.csv", "epoch,loss\n1,0.5\n2,0.4\n")
    app = open_curves(runs="cnn")
    app.file_uploader(key="logs-0").set_value([("logs.zip", stream.getvalue(), "application/zip")])
    app.run()
    assert app.multiselect(key="runs").value[1:] == [
        f"{name} (your file)" for name in ("kfold, fold 0", "kfold, fold 1", "b")
    ]
    assert drawn(app)["b (your file), images not named"] == ([1, 2], [0.5, 0.4])
    says(app, "• logs/a/notes.md: is no log by its name", "Dashed lines: images that the log does not name")
