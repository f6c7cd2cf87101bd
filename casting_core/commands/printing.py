"""Figures of a card as lines of text."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import typer

from casting_core.estimate import Estimate
from casting_core.networks.figures import NUMBERS, SHARES, Metrics, ReliabilityBin
from casting_core.networks.localization_figures import Headline


def print_splits(metrics: Metrics, splits: Iterable[str] = ("official_test", "by_source")) -> None:
    """Print the figures of each split, as filed and without the pictures whose label is doubted."""
    for split in splits:
        figures = getattr(metrics, split)
        for name in ("as_filed", "without_suspects"):
            print_figures(f"{split}, {name.replace('_', ' ')}", getattr(figures, name))
        typer.echo(f"    wrong: {', '.join(figures.wrong_pictures) or 'none'}")


def print_figures(title: str, figures: Any) -> None:
    """Print a dataclass of figures under its title, indented where it holds further sets of images."""
    typer.echo(f"{title}: {figures.pictures} pictures of {figures.photographs} photographs")
    for each in fields(figures):
        name, value = each.name, getattr(figures, each.name)
        if name == "reliability":
            _print_curve(value)
        elif isinstance(value, Headline):
            print_figures(f"  {name}", value)
        elif name in NUMBERS and isinstance(value, Estimate):
            interval = "" if value.ends is None else " ({:.6f} to {:.6f})".format(*value.ends)
            typer.echo(f"    {name}: {value.value:.6f}{interval}")
        elif name in SHARES and value is None:
            typer.echo(f"    {name}: 0 of 0")
        elif value is not None or each.default is not None:
            typer.echo(f"    {name}: {_text(value)}")


def _print_curve(points: tuple[ReliabilityBin, ...]) -> None:
    """Print the reliability curve: one line a bin."""
    for point in points:
        ends = point.estimate.ends
        interval = "no interval" if ends is None else "{:.2%} to {:.2%}".format(*ends)
        typer.echo(
            f"    probability from {point.from_:.3f} to {point.to:.3f}: mean {point.probability:.4f}, "
            f"defective {point.share:.2%} ({interval}), {point.pictures} pictures of "
            f"{point.photographs} photographs"
        )


def _text(value: Any, between: str = "; ") -> str:
    """One figure in words, or several by name."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, Estimate):
        low, high = value.span
        if value.of is None:
            return f"{value.value:.4f} ({low:.4f} to {high:.4f})"
        return f"{value.count} of {value.of} ({value.value:.2%}, {low:.2%} to {high:.2%})"
    if is_dataclass(value):
        value = vars(value)
    if isinstance(value, Mapping):
        return between.join(f"{name} {_text(each, ', ')}" for name, each in value.items())
    return str(value)
