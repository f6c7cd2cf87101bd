"""Casting Inspector's core: whether a cast part is sound, where and why not, and how sure that is.

    from casting_core import Inspector

    inspector = Inspector.load()
    inspection = inspector.inspect("part.jpeg")

The public names are imported when they are first used, so that `import casting_core` alone is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casting_core.errors import CastingError, DataError, ImageError, ModelError, SettingsError
    from casting_core.explanation.regions import Region
    from casting_core.inspection.inspector import Inspector
    from casting_core.inspection.results import Inspection
    from casting_core.labels import Label, Verdict

_HOMES = {
    "CastingError": "errors",
    "DataError": "errors",
    "ImageError": "errors",
    "Inspection": "inspection.results",
    "Inspector": "inspection.inspector",
    "Label": "labels",
    "ModelError": "errors",
    "Region": "explanation.regions",
    "SettingsError": "errors",
    "Verdict": "labels",
}

__all__ = [
    "CastingError",
    "DataError",
    "ImageError",
    "Inspection",
    "Inspector",
    "Label",
    "ModelError",
    "Region",
    "SettingsError",
    "Verdict",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
