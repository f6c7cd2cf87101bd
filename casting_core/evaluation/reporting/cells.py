"""Figures as the text of a table's cell, each with its 95 % interval where it has one."""

import math
from collections.abc import Sequence

from casting_core.estimate import Estimate


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table: the first column to the left, the others, figures, to the right."""
    line, *lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in (header, *rows)]
    return "\n".join([line, "| --- |" + " ---: |" * (len(header) - 1), *lines]) + "\n"


def decimal(value: float, places: int) -> str:
    """To so many places; what lies below 1 is never rounded up to a flawless 1."""
    if value < 1 <= round(value, places):
        value = math.floor(value * 10**places) / 10**places
    return f"{value:.{places}f}"


def percent(share: float) -> str:
    """Return a share in [0, 1] as `98.46 %`; what is neither none nor all is never rounded to it."""
    return "< 0.01 %" if 0 < share < 0.00005 else f"{100 * float(decimal(share, 4)):.2f} %"


def share(found: Estimate | None, nothing: str = "none of this label") -> str:
    """Return a share: `2 of 453: 0.44 % (0.00 % to 1.47 %)`; `nothing` where there is nothing to count on."""
    if found is None:
        return nothing
    low, high = found.ends or (0.0, 1.0)
    return f"{found.count:,} of {found.of:,}: {percent(found.value)} ({percent(low)} to {percent(high)})"


def number(found: Estimate | None, nothing: str = "needs both labels", places: int = 4) -> str:
    """Return a number with its interval where it has one: `0.9967 (0.9883 to 1.0000)`; else why there is none."""
    if found is None:
        return nothing
    text = decimal(found.value, places)
    if found.ends is None:
        return text
    low, high = (decimal(end, places) for end in found.ends)
    return f"{text} ({low} to {high})"


def chance(p: float) -> str:
    """Return a p as `p = 0.031`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
