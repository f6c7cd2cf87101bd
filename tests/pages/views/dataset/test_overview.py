"""The views *At a glance*, *Is the test fair?* and *Shortcuts*, each on the public facts and on small handmade sets."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core.data.images import decode
from casting_core.data.part.measures import NAMES
from casting_core.data.provenance.spanning_forest import Forest
from casting_core.data.synthetic.casting import render_casting
from casting_core.exploration.index_file import Index
from casting_core.exploration.table import Table, make_table, public_facts
from pages.views.dataset.leakage import looked_up
from pages.views.dataset.shortcuts import whole_picture
from tests.exploration.handmade import index_of, lay_out
from tests.pages.conftest import alts, says, texts

# the photograph of good/b is in both splits, turned; that of good/a as the same file
PATHS = [*(f"test/{name}.png" for name in ("bad/d", "good/a", "good/b"))]
PATHS += [f"train/{name}.png" for name in ("bad/c", "good/a", "good/b")]
SOURCE = np.array([0, 1, 2, 3, 1, 2])


def view(name: str, table: Table, **query: str) -> AppTest:
    """One view, drawn alone."""

    def draw(name, table):
        import importlib

        importlib.import_module(f"pages.views.dataset.{name}").show(table)

    app = AppTest.from_function(draw, args=(name, table), default_timeout=120)
    app.query_params.update(query)
    return app.run()


def jpeg(level: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.full((60, 90), level, np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Six rendered parts of four photographs, of which sound ones are brighter."""
    root = tmp_path_factory.mktemp("parts")
    a, b, c, d = (render_casting(seed=seed, size=160).pixels for seed in range(4))
    lay_out(root, dict(zip(PATHS, (d, a, np.rot90(b).copy(), c, a, b), strict=True)))
    levels = [100, 200, 190, 110, 200, 190]
    small = [jpeg(level) for level in levels]
    measures = {name: np.arange(6, dtype=np.float32) for name in NAMES}
    measures |= {"brightness": np.array([5, 5, 5, 5, 5, 5], np.float32), "background": np.array(levels, np.float32)}
    links = np.array([[1, 2], [4, 5]], np.int32)
    return index_of(
        PATHS,
        key="glance",
        root=root,
        sha256=tuple(decode(root / path).sha256 for path in PATHS),
        source=SOURCE,
        measures=measures,
        nearest=np.array([3, 4, 5, 0, 1, 2]),
        likeness=np.array([0.8, 1, 0.98, 0.8, 1, 0.98], np.float32),
        histogram=np.array([20] + [0] * 35 + [1, 0, 0, 1]),
        forest=Forest(count=6, links=links, likeness=np.array([1, 0.98], np.float32)),
        thumbnails=memoryview(b"".join(small)),
        ends=np.cumsum([len(each) for each in small]),
        unreadable=(("train/good/=broken.png", "It is empty."),),
    )


@pytest.fixture
def table(index: Index) -> Table:
    """That set; its labels are guessed from the names of the classes."""
    return make_table(index, public=False)


@pytest.fixture
def unlabelled() -> Table:
    """Four pictures in two classes whose names say nothing, in no split."""
    return make_table(
        index_of([f"{name}/{n}.png" for name in ("alpha", "beta") for n in (1, 2)], key="u"), public=False
    )


@pytest.fixture(scope="module")
def facts() -> Table:
    """The public set without its pictures."""
    return public_facts(None)


# At a glance


def test_the_public_facts_at_a_glance(facts):
    app = view("overview", facts)
    shown = {metric.label: metric.value for metric in app.metric}
    photographs = facts.rows["source"].nunique()
    assert shown.pop("Source photographs") == f"{photographs}"
    assert shown == {"Pictures": "7,348", "Sound": "3,137", "Defective": "4,211"}
    said = texts(app)
    says(said, "1.3 defective pictures for each sound one", f"only {photographs} different photographs")
    assert "128 files are byte for byte the same" in said
    assert "24 pictures of 2 photographs may be filed under the wrong label" in said
    assert "known where the pictures are on this computer" in said
    assert any("train: 2,875 ok_front (sound) and 3,758 def_front (defective)" in alt for alt in alts(app))
    assert len(app.dataframe[0].value) == 24


def test_a_set_with_pictures_at_a_glance(table):
    app = view("overview", table)
    said = texts(app)
    assert {metric.label: metric.value for metric in app.metric}["Source photographs"] == "4"
    says(said, "2.0 sound pictures for each defective one", "300 × 200 px")
    says(said, "2 files are byte for byte the same as another one", "all of which are in more than one split")
    says(said, "4 pictures show a photograph that is in another split too", "1 file cannot be read")
    assert "A note of the index." in said
    assert len(alts(app)) == 4
    assert any(alt.startswith("Distribution of Brightness") for alt in alts(app))
    assert all(alts(app))
    listed = app.dataframe[0].value
    assert (listed["file"].tolist(), listed["reason"].tolist()) == (["train/good/=broken.png"], ["It is empty."])


def test_several_sizes_get_a_chart(index):
    app = view("overview", make_table(replace(index, width=np.array([300] * 5 + [64])), public=False))
    assert any("300 × 200: 5; 64 × 200: 1" in alt for alt in alts(app))


def test_an_uneven_set_and_one_label_alone_are_told(table):
    rows = table.rows
    many = replace(table, rows=rows.loc[[0, 1, 1, 1, 1, 1]].reset_index(drop=True))
    assert "calls everything sound would be right on 83 %" in texts(view("overview", many))
    one = replace(table, rows=rows[rows["label"] == "ok"])
    assert "All pictures are sound" in texts(view("overview", one))
    assert "There is no picture" in texts(view("overview", replace(table, rows=rows[:0])))


def test_without_labels_classes_stand_side_by_side(unlabelled):
    app = view("overview", unlabelled)
    said = texts(app)
    says(said, "which of these classes are defective", "Each picture is a photograph of its own")
    assert "not divided into train and test" in said
    assert any("no split: 2 alpha and 2 beta" in alt for alt in alts(app))
    assert not app.get("expander")


# Is the test fair?


def test_the_public_test_is_not_fair(facts):
    app = view("leakage", facts)
    said = texts(app)
    assert [metric.value for metric in app.metric] == ["98.9 %", "707 of 715", "64"]
    says(said, "707 of 715 test pictures show a photograph that is in train as well", "right on **707 of 715**")
    assert "99.86 %, 714 of 715 pictures" in said
    assert app.slider(key="threshold").disabled
    assert "the pictures are not on this computer" in said
    assert len(app.dataframe[0].value) == 6


def test_copies_are_counted_at_the_threshold_of_the_link(table):
    app = view("leakage", table)
    assert [metric.value for metric in app.metric] == ["66.7 %", "2 of 3", "1"]
    assert "At **0.950** there are **4 photographs**, and **2 of 3**" in texts(app)
    assert app.dataframe[0].value["copied"].tolist() == [2] * 7 + [1] * 4  # the turned copy is alike to 0.98
    assert app.dataframe[0].value["photographs"].tolist() == [4] * 7 + [5] * 4
    app = view("leakage", table, threshold="0.99")
    assert app.slider(key="threshold").value == 0.99
    assert [metric.value for metric in app.metric] == ["66.7 %", "2 of 3", "1"]  # the audit's, whatever is asked
    assert "At **0.990** there are **5 photographs**, and **1 of 3**" in texts(app)
    assert "threshold is at 0.990" in alts(app)[0]


def test_twins_are_laid_onto_each_other(table):
    app = view("leakage", table)
    said = texts(app)
    assert "Byte for byte the same file" in said
    assert any(f"urned by {angle}°" in said for angle in (269, 270, 271))  # by a quarter against the clock
    assert "test/good/b.png\ntrain/good/b.png" in said
    assert len(app.get("image")) == 4
    assert all(image.proto.imgs[0].alt for image in app.get("image"))


def test_a_picture_that_has_changed_since_is_not_shown(table, index, tmp_path):
    lay_out(tmp_path, {path: np.full((40, 40), 9, np.uint8) for path in PATHS})
    app = view("leakage", replace(table, index=replace(index, root=tmp_path)))
    assert "no longer in its folder, or has changed" in texts(app)
    assert not app.get("image")


def test_a_fair_test_is_called_fair(index):
    alone = replace(index, key="fair", source=np.arange(6), sha256=tuple("abcdef"), splits=("",) * 6)
    app = view("leakage", make_table(alone, public=False))
    said = texts(app)
    assert app.metric[0].value == "0.0 %"
    assert "None of the 2 test pictures" in said  # one of each label, dealt out here
    assert "dealt out here" in said
    assert "What memory alone is worth" not in said
    assert "See for yourself" not in said


def test_without_rings_the_threshold_does_not_move(index):
    whole = replace(index, key="whole", grouping="picture", nearest=np.full(6, -1))
    app = view("leakage", make_table(whole, public=False))
    assert app.slider(key="threshold").disabled
    says(app, "they have no rings to compare", "in eight orientations")
    assert not alts(app)
    assert len(app.get("image")) == 4


def test_without_a_test_there_is_nothing_to_be_unfair(table, unlabelled):
    rows = table.rows
    assert "no test pictures" in texts(view("leakage", replace(table, rows=rows[rows["split"] == "train"])))
    assert "no training pictures" in texts(view("leakage", replace(table, rows=rows[rows["split"] == "test"])))
    assert "not known yet which classes are defective" in texts(view("leakage", unlabelled))


def test_memory_is_right_where_train_files_the_photograph_alike(table):
    assert looked_up(table) == 2
    labels = table.rows["label"].where(table.rows["path"] != "train/good/b.png", "defective")
    assert looked_up(replace(table, rows=table.rows.assign(label=labels))) == 1


# Shortcuts


@pytest.fixture(scope="module")
def bright() -> Table:
    """Sixty photographs of parts that are all alike, the sound ones before a brighter background."""
    paths = [f"{split}/{name}/{n}.png" for split in ("test", "train") for name in ("bad", "good") for n in range(15)]
    sound = np.array(["good" in path for path in paths])
    files = {True: jpeg(200), False: jpeg(100)}
    small = [files[bool(each)] for each in sound]
    measures = {name: np.ones(60, np.float32) for name in NAMES}
    measures["background"] = np.where(sound, 190, 110).astype(np.float32)
    measures["background"][0] = 195  # one defective part is brighter still
    ends = np.cumsum([len(each) for each in small])
    made = index_of(paths, key="bright", measures=measures, thumbnails=memoryview(b"".join(small)), ends=ends)
    return make_table(replace(made, size=np.ones(60)), public=False)


def test_a_measure_that_tells_the_label_is_told(bright):
    app = view("shortcuts", bright)
    assert "brightness of the whole picture alone predicts the label strongly" in app.warning[0].value
    assert len(app.warning) == 1
    said = texts(app)
    assert "Likewise, though less: brightness of the background in 97 of 100 pairs" in said
    assert "It is the background, not the metal" in said
    areas, spread = alts(app)
    says(areas, "Whole picture: 1.00", "Part’s brightness: 0.50")
    assert "Width" not in areas  # all are as wide
    assert spread.startswith("Distribution of Brightness of the whole picture")
    assert "What follows for this set" not in said
    told = app.dataframe[0].value
    assert (set(told["split"]), told["higher"].iloc[0]) == ({"all pictures", "test", "train"}, "sound")


def test_the_measure_that_is_looked_at_is_in_the_link(bright):
    app = view("shortcuts", bright, measure="Brightness of the background")
    assert app.selectbox(key="measure").value == "Brightness of the background"
    assert alts(app)[1].startswith("Distribution of Background (grey level). sound: median 190")


def test_few_photographs_rule_nothing_out(table):
    app = view("shortcuts", table)
    assert "too few photographs to rule it out" in app.info[0].value
    assert not app.success


def test_where_nothing_tells_the_label_it_is_said(index):
    flat = {name: np.ones(6, np.float32) for name in NAMES}
    dull = replace(index, key="flat", measures=flat, size=np.ones(6), thumbnails=memoryview(b""), ends=np.zeros(6, int))
    app = view("shortcuts", make_table(dull, public=False))
    assert "No plain measure tells the label well" in app.success[0].value
    assert not app.warning


def test_where_no_part_was_found_there_is_no_word_of_one(index):
    lost = index.measures | {name: np.full(6, np.nan, np.float32) for name in ("x", "y", "diameter", "margin")}
    app = view("shortcuts", make_table(replace(index, key="lost", measures=lost), public=False))
    assert "Part’s brightness" not in alts(app)[0]
    assert "Diameter" not in alts(app)[0]
    assert "not the metal" not in texts(app)


def test_shortcuts_need_pictures_and_labels(facts, unlabelled):
    app = view("shortcuts", facts)
    says(app, "they are not on this computer", "any model must be shown to do more")
    assert not alts(app)
    app = view("shortcuts", unlabelled)
    assert "no label that could be given away" in texts(app)
    assert "What follows for this set" not in texts(app)


def test_one_photograph_a_label_says_nothing(index):
    few = replace(index, key="few", source=np.array([0, 1, 1, 0, 1, 1]))
    app = view("shortcuts", make_table(few, public=False))
    says(app, "Nothing can be told apart here", "copies of one photograph")


def test_the_whole_picture_is_measured_on_its_thumbnail(index):
    np.testing.assert_allclose(whole_picture(index), [100, 200, 190, 110, 200, 190], atol=1)
    assert np.isnan(whole_picture(replace(index, thumbnails=memoryview(b""), ends=np.zeros(6, int)))).all()
