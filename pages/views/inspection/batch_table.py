"""The lines of many inspections: which are shown, in which order, and as what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from casting_core.data.files import neutral
from casting_core.inspection.results import Inspection
from casting_core.labels import Verdict
from pages.shared import uploads, wording

WAITING = "Not judged yet"
ORDERS = ("Most suspicious first", "As they came", "By file name")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One file: what was given, and its result and small picture; None where it was refused, or is not judged yet."""

    upload: uploads.Upload
    inspection: Inspection | None = None
    thumbnail: str | None = None

    @property
    def verdict(self) -> Verdict | None:
        """Its verdict; a file that was refused is unusable, one not judged yet has none."""
        if self.inspection is not None:
            return self.inspection.verdict
        return None if self.upload.refusal is None else Verdict.UNUSABLE

    @property
    def word(self) -> str:
        """Its verdict in a word."""
        return WAITING if self.verdict is None else wording.WORDING[self.verdict].word

    @property
    def probability(self) -> float | None:
        """Its calibrated probability of *defective*, None without one."""
        return None if self.inspection is None else self.inspection.probability

    @property
    def note(self) -> str | None:
        """Why it is to be reviewed, or unusable."""
        return self.upload.refusal or (None if self.inspection is None else self.inspection.reason)


def counted(lines: Sequence[Line]) -> Counter[str]:
    """How many lines have which word."""
    return Counter(line.word for line in lines)


def share_flagged(lines: Sequence[Line]) -> float | None:
    """Of the parts with a verdict, the share that is defective or to be reviewed; None without any."""
    judged = [line.verdict for line in lines if line.verdict not in (None, Verdict.UNUSABLE)]
    return sum(verdict is not Verdict.OK for verdict in judged) / len(judged) if judged else None


def arrange(lines: Sequence[Line], *, word: str | None, text: str, order: str) -> list[Line]:
    """Return the lines with that word (all when None) whose file name contains the text, in that order.

    The most suspicious are those that could not be judged, then by falling probability; those not judged yet are last.
    """
    kept = [
        line
        for line in lines
        if (word is None or line.word == word) and text.strip().casefold() in line.upload.name.casefold()
    ]
    if order == ORDERS[0]:
        kept.sort(key=_unsuspicious)
    elif order == ORDERS[2]:
        kept.sort(key=lambda line: line.upload.name.casefold())
    return kept


def _unsuspicious(line: Line) -> float:
    if line.verdict is None:
        return 2.0
    return -2.0 if line.probability is None else -line.probability


def draw(lines: Sequence[Line], *, key: str) -> int | None:
    """Draw the table; the index of the line that the visitor selected, None without one."""
    rows = [_row(line) for line in lines]
    column = st.column_config
    state = st.dataframe(
        rows,
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        row_height=56,
        alt="One line a picture: thumbnail, file, verdict, probability of a defect, marked places, time, note.",
        column_config={
            "picture": column.ImageColumn("Picture", width="small"),
            "file": column.TextColumn("File"),
            "verdict": column.TextColumn("Verdict"),
            "probability": column.ProgressColumn(
                "Probability of a defect (%)", format="%.1f", min_value=0, max_value=100, color="gray"
            ),
            "places": column.NumberColumn("Places", help="How many places speak for a defect."),
            "time": column.NumberColumn("Time (ms)", format="%.0f", help="Decoding, judging and marking."),
            "note": column.TextColumn("Note", width="large"),
        },
    )
    selected = state["selection"]["rows"]
    return selected[0] if selected and selected[0] < len(lines) else None


def _row(line: Line) -> dict[str, Any]:
    inspection = line.inspection
    mark = "" if line.verdict is None else wording.WORDING[line.verdict].mark + " "
    return {
        "picture": line.thumbnail,
        "file": neutral(line.upload.name),  # the table's own export is a CSV file too
        "verdict": mark + line.word,
        "probability": None if line.probability is None else 100 * line.probability,
        "places": len(inspection.regions) if inspection and line.probability is not None else None,
        "time": inspection and 1000 * inspection.seconds["total"],
        "note": line.note,
    }
