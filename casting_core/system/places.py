"""Where the app and the shipped models are: beside the package in a checkout, inside it once installed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
_APP, _MODELS = PACKAGE / "_app", PACKAGE / "_models"  # as the wheel holds them, see `pyproject.toml`

APP = (_APP if _APP.is_dir() else PACKAGE.parent) / "app.py"
SHIPPED_MODELS = _MODELS if _MODELS.is_dir() else PACKAGE.parent / "models"
