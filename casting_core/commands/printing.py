"""Figures of a card as lines of text."""

from typing import Any

import typer


def print_splits(metrics: dict[str, Any]) -> None:
    """The figures of each split, as filed and without the pictures whose label is doubted."""
    for split, figures in metrics.items():
        for name in ("as_filed", "without_suspects"):
            print_figures(f"{split}, {name.replace('_', ' ')}", figures[name])
        typer.echo(f"    wrong: {', '.join(figures['wrong_pictures']) or 'none'}")


def print_figures(title: str, values: dict[str, Any]) -> None:
    """One set of figures under its title, indented where it holds further sets."""
    typer.echo(f"{title}: {values['pictures']} pictures of {values['photographs']} photographs")
    for key, value in values.items():
        if (text := _text(value)) is not None:
            typer.echo(f"    {key}: {text}")
        elif isinstance(value, dict) and "pictures" in value:
            print_figures(f"  {key}", value)
        elif isinstance(value, dict):
            typer.echo(f"    {key}: {'; '.join(f'{name} {_text(each)}' for name, each in value.items())}")


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
