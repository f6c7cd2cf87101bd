"""Settings files: there and back, old ones, those of other models, and everything that is none."""

import json
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core import Inspector, SettingsError, Verdict
from casting_core.inspection.settings import (
    COSTS,
    LARGEST,
    Made,
    Settings,
    read_settings,
    with_settings,
)
from tests.factories import card

SHA = "0123456789abcdef" * 4
CARD = card(weights_sha256=SHA, threshold_pass=0.3, threshold_reject=0.6)
MADE = {"model": "castnet", "weights_sha256": SHA}


def test_thresholds_and_what_they_were_made_for_go_there_and_back(tmp_path: Path):
    costs = {"missed_defect": 50, "review_capacity": 0.02, "defect_rate": 0.01}
    made = Made(model="castnet", weights_sha256=SHA, costs=costs, date="2026-01-31")
    settings = Settings(threshold_pass=0.1, threshold_reject=0.8, made=made)
    file = tmp_path / "settings.json"
    file.write_text(settings.to_json())
    assert read_settings(file) == settings
    assert json.loads(file.read_text(encoding="ascii")) == {
        "threshold_pass": 0.1,
        "threshold_reject": 0.8,
        "made": {"model": "castnet", "weights_sha256": SHA, "costs": costs, "date": "2026-01-31"},
    }
    changed = with_settings(CARD, file)
    assert (changed.threshold_pass, changed.threshold_reject) == (0.1, 0.8)
    assert changed.weights_sha256 == CARD.weights_sha256


@given(
    st.floats(0, 1) | st.none(),
    st.floats(0, 1) | st.none(),
    st.none()
    | st.builds(
        Made,
        model=st.text(min_size=1, max_size=20),
        weights_sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
        costs=st.dictionaries(st.sampled_from(COSTS), st.floats(0, 1e9)),
        date=st.dates().map(date.isoformat) | st.just(""),
    ),
)
def test_any_settings_survive_their_text(low: float | None, high: float | None, made: Made | None):
    if low is not None and high is not None and low > high:
        low, high = high, low
    settings = Settings(threshold_pass=low, threshold_reject=high, made=made)
    assert read_settings(settings.to_json().encode()) == settings
    assert read_settings(json.loads(settings.to_json())) == settings
    assert read_settings(settings) is settings


def test_an_old_file_without_its_making_still_works(tmp_path: Path):
    file = tmp_path / "old.json"
    file.write_text('{"threshold_pass": 0.05}', encoding="utf-8")
    for source in (file, str(file), file.read_bytes(), {"threshold_pass": 0.05}, {"threshold_pass": np.float32(0.05)}):
        changed = with_settings(CARD, source)
        assert (changed.threshold_pass, changed.threshold_reject) == (pytest.approx(0.05), 0.6)
    assert with_settings(CARD, {}) == CARD


def test_an_editor_may_have_put_a_mark_before_it():
    assert read_settings(b'\xef\xbb\xbf{"threshold_pass": 0, "threshold_reject": 1}').threshold_reject == 1


def test_thresholds_for_another_model_are_refused_and_both_are_named():
    settings = Settings(threshold_pass=0.1, made=Made(model="cnn", weights_sha256=SHA))
    with pytest.raises(SettingsError, match=r"'cnn', not for 'castnet'"):
        with_settings(CARD, settings)


def test_thresholds_for_other_weights_are_refused_and_both_are_named(tmp_path: Path):
    file = tmp_path / "settings.json"
    other = "f" * 64
    made = Made(model="castnet", weights_sha256=other)
    file.write_text(Settings(threshold_pass=0.1, made=made).to_json())
    with pytest.raises(SettingsError, match=f"{file}.*other weights of 'castnet'.*{other[:12]}.*{SHA[:12]}"):
        with_settings(CARD, file)


def test_one_threshold_must_fit_the_other_of_the_card():
    with pytest.raises(SettingsError, match="pass <= reject"):
        with_settings(CARD, {"threshold_pass": 0.7})


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"null", b"[]", b"0.5", b'"threshold_pass"', b'{"threshold": 1}', b'{"threshold_pass": NaN}'),
        *(b'{"threshold_pass": Infinity}', b'{"threshold_pass": 1e999}', b'{"threshold_pass": ' + b"9" * 400 + b"}"),
        *(b'{"threshold_pass": ' + b"9" * 5000 + b"}", b'{"threshold_pass": -0.1}', b'{"threshold_reject": 1.1}'),
        *(b'{"threshold_pass": 0.6, "threshold_reject": 0.5}', b'{"threshold_pass": true}'),
        *(b'{"threshold_pass": "0.5"}', b'{"threshold_pass": null}', b'{"threshold_pass": [0.5]}'),
        *(b'{"threshold_pass": {"value": 0.5}}', b'{"threshold_pass": 0.1, "threshold_pass": 0.2}'),
        *(b'{"threshold_pass": 0.1} {"threshold_pass": 0.1}', b'{"threshold_pass": 0.1}\x00'),
        *('{"threshold_pass": 0.1}'.encode("utf-16"), b'{"\xff": 0.1}', b"[" * 20_000, b'{"made": ' * 5_000),
        *(b'{"made": []}', b'{"made": "castnet"}', b'{"made": {}}', b'{"made": null}', b"\x89PNG\r\n\x1a\n"),
        b" " * (LARGEST + 1),
    ],
    ids=lambda content: content[:40].decode("latin-1") if isinstance(content, bytes) else None,
)
def test_what_is_no_settings_file_is_refused(content: bytes, tmp_path: Path):
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    for source, name in ((file, "settings.json"), (content, "The settings")):
        with pytest.raises(SettingsError, match=name):
            read_settings(source)


@pytest.mark.parametrize(
    "changed",
    [
        *({"model": 5}, {"model": ""}, {"model": "x" * 201}, {"weights_sha256": "abc"}),
        *({"weights_sha256": SHA.upper()}, {"weights_sha256": SHA + "\n"}, {"weights_sha256": 7}, {"costs": []}),
        *({"costs": {"miss": 1}}, {"costs": {"review": -1}}, {"costs": {"review": True}}, {"costs": {"review": "1"}}),
        *({"costs": {"review": {}}}, {"date": "yesterday"}, {"date": 20260131}, {"date": None}, {"by": "me"}),
    ],
    ids=str,
)
def test_a_making_of_another_form_is_refused(changed: dict):
    made = MADE | changed
    with pytest.raises(SettingsError):
        read_settings({"threshold_pass": 0.1, "made": made})
    with pytest.raises(SettingsError):
        read_settings(json.dumps({"made": made}).encode())


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_making_needs_both_model_and_weights(name: str):
    with pytest.raises(SettingsError, match=name):
        read_settings({"made": {other: value for other, value in MADE.items() if other != name}})


@pytest.mark.parametrize("source", [None, 0, 0.5, True, [], ("threshold_pass", 0.5), object()])
def test_what_is_neither_file_nor_object_is_refused(source: object):
    with pytest.raises(SettingsError, match="got"):
        read_settings(source)


def test_places_where_there_is_no_file(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # to open it would wait for ever
    long = "x" * 5000
    for place in (tmp_path, tmp_path / "none.json", "", "a\0b", pipe, long, "/dev/zero"):
        with pytest.raises(SettingsError, match="settings file"):
            read_settings(place)


def test_a_huge_file_is_not_read(tmp_path: Path):
    file = tmp_path / "huge.json"
    with file.open("wb") as stream:
        stream.truncate(100 * 2**20)  # a sparse file: it takes up no room
    with pytest.raises(SettingsError, match="larger"):
        read_settings(file)


def test_the_inspector_takes_all_forms(inspector: Inspector, pictures: list[bytes], tmp_path: Path):
    made = Made(model=inspector.card.name, weights_sha256=inspector.card.weights_sha256)
    settings = Settings(threshold_pass=0.0, threshold_reject=0.0, made=made)
    (tmp_path / "settings.json").write_text(settings.to_json())
    content = (tmp_path / "settings.json").read_bytes()
    for source in (tmp_path / "settings.json", str(tmp_path / "settings.json"), content, json.loads(content), settings):
        other = Inspector.load(settings=source, device="cpu")
        assert (other.card.threshold_pass, other.card.threshold_reject) == (0, 0)
    assert other.inspect(pictures[0], explain=False).verdict is Verdict.DEFECTIVE
    with pytest.raises(SettingsError, match="cnn"):
        Inspector.load("cnn", settings=settings, device="cpu")
    assert inspector.card.threshold_pass > 0  # the one that others use is as it was
