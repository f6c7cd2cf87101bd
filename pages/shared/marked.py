"""The picture and its evidence side by side with the marked places, and their table: each lights the other.

A component of the page: hovering a row, or reaching it with the keyboard, lights the place in both pictures; hovering a
place lights its row. All texts arrive as data and are set as text, never as markup.
"""

import base64
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from PIL import Image

from casting_core.data.images import encoded
from casting_core.explanation.regions import Region
from pages.shared.wording import NONE_MARKED, region_columns, region_row

HERE = Path(__file__).parent
QUALITY = 88  # of the JPEG files that the browser gets

_component = st.components.v2.component(
    "marked_places",
    html='<div class="pictures"></div><div class="table"></div>',
    css=(HERE / "marked.css").read_text(encoding="utf-8"),
    js=(HERE / "marked.js").read_text(encoding="utf-8"),
)


def show(
    pictures: Sequence[tuple[str, Image.Image, str]],
    regions: Sequence[Region],
    *,
    frame: tuple[int, int],
    key: str,
    diameter: float | None = None,
    empty: str = NONE_MARKED,
) -> None:
    """Draw pictures (title, picture, text alternative) with the regions marked, and the table of the regions.

    `frame`: width and height in pixels of the picture in which the regions are told. `diameter`: of the part, in
    millimetres, where it is known. `empty`: what stands in place of the table where there are no regions.
    """
    _component(
        key=key,
        data={
            "pictures": [{"title": title, "source": as_uri(each), "alt": alt} for title, each, alt in pictures],
            "frame": list(frame),
            "boxes": [[r.x, r.y, r.width, r.height] for r in regions],
            "columns": list(region_columns(diameter)),
            "rows": [list(region_row(number, region, diameter)) for number, region in enumerate(regions, start=1)],
            "caption": "Places that speak for a defect, strongest first",
            "empty": empty,
        },
    )


def as_uri(picture: Image.Image, *, side: int | None = None) -> str:
    """Return a picture as a JPEG in a data URI, made smaller where one of its sides is longer than `side` px."""
    if side is not None:
        picture = picture.copy()
        picture.thumbnail((side, side))
    content = encoded(picture.convert("RGB"), "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()
