"""The studies of the map, from Python."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.synthetic.casting import render_casting
from casting_core.evaluation.localization import study


def test_the_public_set_is_looked_up_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One of two castings is in it; where the folder is missing nobody looks."""
    from casting_core.data.samples import Sample
    from casting_core.labels import Label

    pixels = [render_casting(seed=seed, size=300).pixels for seed in (5, 6)]
    Image.fromarray(pixels[0]).save(tmp_path / "a.png")
    sample = Sample(path="a.png", split="train", label=Label.OK, source=0)
    monkeypatch.setattr("casting_core.evaluation.localization.study.read_provenance", lambda: [sample])
    truths = [
        study.LabelledImage(pixels=each, mask=np.zeros_like(each, bool), defective=False, photograph=number)
        for number, each in enumerate(pixels)
    ]
    pictures = study.LabelledSet(name="x", total=2, read=lambda: iter(truths))
    found = study.look_up(pictures, tmp_path)
    assert found is not None
    assert found[0] is True
    assert found[1] is not True
    assert study.look_up(pictures, tmp_path / "nowhere") is None


def test_a_network_without_convolutions_has_no_maps_to_compare():
    from casting_core.errors import SettingsError

    class Linear:
        class card:
            name = architecture = "logistic_regression"

        network = None

    with pytest.raises(SettingsError, match="no convolutions"):
        study.compare(Linear(), study.LabelledSet(name="x", total=0, read=lambda: iter(())), slow=0, faithful=0)
