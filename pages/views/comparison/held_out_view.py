"""A picture as a model sees it: by the copy that had never seen its casting where that ships, else by the model itself.

The copy is the one that made the figures of castings never seen, so its map shows why it judged as it did. The model
itself was trained on nearly all photographs of its set, and may remember this one.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from casting_core.evaluation.predictions import BY_SOURCE
from pages.shared import resources, uploads
from pages.views.comparison.model_results import SelectedResults

if TYPE_CHECKING:
    from casting_core import Inspector

COPIES = 5  # in memory, one a fold


def inspect_held_out(
    upload: uploads.Upload, judge: SelectedResults, path: str
) -> tuple[resources.DisplayedInspection, bool, np.ndarray | None]:
    """Judge a picture of the set, which must have its bytes.

    Returns
    -------
    The inspection; whether the network had never seen the casting; Grad-CAM, float32 (h, w) in [0, 1], of a model that
    has convolutions and no map of its own.

    Raises
    ------
    ModelError, DataError
        The model is damaged.
    """
    copy = _copy_of(judge, path)
    if copy is not None:
        return _judged(upload, *copy), True, None
    judged, activation = resources.judge(upload, model=judge.name), None
    if judged.evidence is None and judged.picture is not None and resources.has_convolutions(judge.name):
        activation = resources.activation_map(upload, model=judge.name, method="gradcam")[0]
    return judged, False, activation


def _copy_of(judge: SelectedResults, path: str) -> tuple[str, int, str] | None:
    """Folder, fold and SHA-256 of the weights of the copy that judged a picture; None where it does not ship."""
    if not judge.rows[path].unseen:
        return None
    fold, weights = judge.rows[path].row.split.removeprefix(BY_SOURCE), judge.known.card.training.get("folds")
    sha256 = weights.get(f"folds/{fold}.safetensors") if isinstance(weights, dict) else None
    return None if sha256 is None else (judge.known.key[1], int(fold), str(sha256))


@st.cache_resource(max_entries=COPIES, show_spinner=False)
def _copy(folder: str, fold: int, sha256: str) -> "Inspector":
    from casting_core.evaluation.held_out import held_out

    return held_out(Path(folder), fold)


@resources.per_picture(max_entries=12)
def _judged(upload: uploads.Upload, folder: str, fold: int, sha256: str) -> resources.DisplayedInspection:
    return resources.displayed(upload, _copy(folder, fold, sha256).inspect(resources.photograph(upload)))
