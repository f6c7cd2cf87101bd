"""Figures of a card as lines of text."""

from collections.abc import Mapping
from typing import Any

import typer


def print_splits(metrics: dict[str, Any]) -> None:
    """The figures of each split, as filed and without the pictures whose label is doubted."""
    for split, figures in metrics.items():
        for name in ("as_filed", "without_suspects"):
            print_figures(f"{split}, {name.replace('_', ' ')}", figures[name])
        typer.echo(f"    wrong: {', '.join(figures['wrong_pictures']) or 'none'}")


def print_figures(title: str, values: dict[str, Any]) -> None:
    """One set of figures under its title, indented where it holds further sets; numbers with their `intervals`."""
    typer.echo(f"{title}: {values['pictures']} pictures of {values['photographs']} photographs")
    intervals = values.get("intervals", {})
    for key, value in values.items():
        if key == "intervals":
            continue
        if key == "reliability":
            _print_curve(value)
        elif (text := _text(value)) is not None:
            if interval := intervals.get(key):
                text += f" ({interval['low']:.6f} to {interval['high']:.6f})"
            typer.echo(f"    {key}: {text}")
        elif isinstance(value, dict) and "pictures" in value:
            print_figures(f"  {key}", value)
        elif isinstance(value, dict):
            typer.echo(f"    {key}: {'; '.join(f'{name} {_inner(each)}' for name, each in value.items())}")


def _print_curve(points: list[Mapping[str, Any]]) -> None:
    """The reliability curve: one line a bin."""
    for point in points:
        interval = "no interval" if point["low"] is None else f"{point['low']:.2%} to {point['high']:.2%}"
        typer.echo(
            f"    probability from {point['from']:.3f} to {point['to']:.3f}: mean {point['probability']:.4f}, "
            f"defective {point['share']:.2%} ({interval}), {point['pictures']} pictures of "
            f"{point['photographs']} photographs"
        )


def _inner(value: Any) -> str | None:
    """One figure within another: a single one, or counts by name."""
    if isinstance(value, dict) and all(isinstance(each, int) for each in value.values()):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return _text(value)


def _text(value: Any) -> str | None:
    """One figure in words; None for what is not a single figure."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.6f}"
    if not isinstance(value, dict):
        return str(value)
    if "value" in value:
        return f"{value['value']:.4f} ({value['low']:.4f} to {value['high']:.4f})"
    if "of" in value:
        counted = f"{value['count']} of {value['of']}"
        if value.get("share") is None:
            return counted
        return f"{counted} ({value['share']:.2%}, {value['low']:.2%} to {value['high']:.2%})"
    return None
