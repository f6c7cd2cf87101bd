"""Figures of a card as the text of a table's cell, each with its 95 % interval where it has one."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column to the left, the others, figures, to the right."""
    line, *lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in (header, *rows)]
    return "\n".join([line, "| --- |" + " ---: |" * (len(header) - 1), *lines]) + "\n"


def percent(share: float) -> str:
    """A share in [0, 1] (a difference in [-1, 1]) as `99.72 %`."""
    return f"{share:.2%}".replace("%", " %")


def share(value: Mapping[str, Any], nothing: str = "none of this label") -> str:
    """A share: `2 of 453: 0.44 % (0.00 % to 1.47 %)`; `nothing` where there is nothing to count on."""
    if value["share"] is None:
        return nothing
    interval = f"({percent(value['low'])} to {percent(value['high'])})"
    return f"{value['count']:,} of {value['of']:,}: {percent(value['share'])} {interval}"


def number(figures: Mapping[str, Any], name: str, places: int = 4) -> str:
    """A number with its interval, where the figures have one: `0.9967 (0.9883 to 1.0000)`; of one label: why not."""
    value = figures[name]
    if value is None:
        return "needs both labels" if figures["pictures"] else "no pictures"
    text = decimal(value, places)
    interval = figures.get("intervals", {}).get(name)
    if interval is None:
        return text
    return f"{text} ({decimal(interval['low'], places)} to {decimal(interval['high'], places)})"


def decimal(value: float, places: int) -> str:
    """To so many places; what lies below 1 is never rounded up to a flawless 1."""
    if value < 1 <= round(value, places):
        value = math.floor(value * 10**places) / 10**places
    return f"{value:.{places}f}"


def chance(p: float) -> str:
    """A p as `p = 0.031`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
