"""Inspections as files to take away: strict JSON, and CSV that a spreadsheet opens without harm."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from PIL import Image

from casting_core.charts.overlay import outline, overlay
from casting_core.data.images import encoded
from casting_core.inspection.results import Inspection
from casting_core.labels import Verdict
from pages.shared import resources, tables, uploads

COLUMNS = (
    *("file", "sha256", "verdict", "reason", "probability", "threshold_pass", "threshold_reject"),
    *("model", "device", "regions", "width", "height", "seconds"),
)

Line = tuple[uploads.Upload, Inspection | None]  # None: refused, or not judged yet


def offer(*files: tuple[str, str, Callable[[], str | bytes]]) -> None:
    """Draw a button for each file: its label and name, and what makes it when it is asked for."""
    with st.container(horizontal=True):
        for label, name, make in files:
            tables.save_button(label, name, make, key=name)


def record(upload: uploads.Upload, inspection: Inspection | None) -> dict[str, Any]:
    """One picture as plain values; a refused file has a name and a reason, and is `unusable`."""
    if inspection is None:
        verdict = None if upload.refusal is None else str(Verdict.UNUSABLE)
        sha256 = upload.sha256 or None
        return {"file": upload.name, "sha256": sha256, "verdict": verdict, "reason": upload.refusal}
    return {"file": upload.name, **inspection.to_json()}


def to_json(content: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Return a record, or a list of them, as strict JSON; ASCII only."""
    return json.dumps(content, indent=2, allow_nan=False)


def to_csv(lines: Sequence[Line]) -> bytes:
    """One row a picture, UTF-8 with the mark that spreadsheets look for; texts cannot act as formulas."""
    rows = [record(*line) for line in lines]
    for row in rows:
        if "seconds" in row:
            row |= {"regions": len(row["regions"]), "seconds": row["seconds"].get("total")}
    return tables.to_csv(COLUMNS, (map(row.get, COLUMNS) for row in rows))


def overlay_png(judged: resources.DisplayedInspection) -> bytes:
    """Return the picture with its evidence and the marked places, at the size in which the page shows it, as PNG."""
    return encoded(marked_image(judged), "PNG")


def marked_image(judged: resources.DisplayedInspection) -> Image.Image:
    """Draw the picture with its evidence, if there is a map, and the marked places; RGB. It must be decoded."""
    picture, inspection = judged.picture, judged.inspection
    assert picture is not None
    shown = picture if judged.evidence is None else overlay(picture, judged.evidence)
    frame = (inspection.width or picture.width, inspection.height or picture.height)
    return outline(shown, inspection.regions, frame=frame)
