"""The command `inspect` with a settings file."""

import json
from pathlib import Path

import pytest
from PIL import Image

from casting_core.commands.inspect import Format, command
from casting_core.data.synthetic.casting import samples
from casting_core.errors import SettingsError
from casting_core.inspection.settings import Made, Settings
from casting_core.networks.card import MODELS, read_card


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("parts") / "part.png"
    Image.fromarray(samples()[0].render().pixels).save(file)
    return file


def inspect(picture: Path, settings: Path, model: str = "castnet") -> None:
    how = {"device": "cpu", "format": Format.JSONL, "heatmaps": None, "explain": False, "examination": False}
    command([str(picture)], model=model, settings=settings, batch_size=1, **how)


def settings_for_castnet(low: float, high: float) -> str:
    made = Made(model="castnet", weights_sha256=read_card(MODELS / "castnet").weights_sha256)
    return Settings(threshold_pass=low, threshold_reject=high, made=made).to_json()


def test_the_thresholds_of_the_file_hold(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "settings.json"
    file.write_text(settings_for_castnet(1.0, 1.0))
    inspect(picture, file)
    line = json.loads(capsys.readouterr().out)
    assert (line["threshold_pass"], line["threshold_reject"], line["verdict"]) == (1.0, 1.0, "ok")


def test_a_file_for_another_model_ends_the_run_before_any_line(picture: Path, tmp_path, capsys):
    file = tmp_path / "settings.json"
    file.write_text(settings_for_castnet(0.1, 0.9))
    with pytest.raises(SettingsError, match="castnet"):
        inspect(picture, file, model="brightness")
    file.write_text("{", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"settings\.json"):
        inspect(picture, file)
    assert capsys.readouterr().out == ""
