"""Where the app and the shipped models are: beside the package in a checkout, inside it once installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_APP, _MODELS = PACKAGE / "_app", PACKAGE / "_models"  # where `pyproject.toml` puts them in the wheel

APP = _APP if _APP.is_dir() else PACKAGE.parent  # the folder of app.py, pages/ and .streamlit/
SHIPPED = _MODELS if _MODELS.is_dir() else PACKAGE.parent / "models"
