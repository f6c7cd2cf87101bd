"""`benchmark`: our inspection beside named baselines, interleaved in one process, on the same threads."""

import io
import json
from pathlib import Path
from typing import Annotated

import typer


def command(
    rounds: Annotated[int, typer.Option(min=3, help="Timed rounds of everything.")] = 30,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    out: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
) -> None:
    """Time one picture: decode, verdict, verdict with heatmap; ResNet-18's and MobileNetV2's forward pass."""
    import torch
    from PIL import Image

    from casting_core.data.synthetic import render_casting
    from casting_core.evaluation.speed import measure
    from casting_core.inspection.inspector import Inspector

    torch.set_num_threads(threads)
    stream = io.BytesIO()
    Image.fromarray(render_casting(seed=0).pixels).convert("RGB").save(stream, "JPEG", quality=90)
    report = measure(Inspector.load(), stream.getvalue(), rounds=rounds)
    typer.echo(f"{report['machine']}, {threads} threads, medians of {rounds} rounds")
    for name, values in report["milliseconds"].items():
        typer.echo(
            f"{name:<34} {values['median']:8.2f} ms   ({values['low']:.2f} to {values['high']:.2f})"
            f"   {values['median'] / report['milliseconds']['ResNet-18 forward']['median']:.2f} × ResNet-18"
        )
    if out is not None:
        out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
