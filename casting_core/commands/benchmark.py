"""`benchmark`: our inspection beside named baselines, interleaved in one process, on the same threads."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

BATCH = 64
GROWTH = (100, 1_000, 10_000)


def command(
    rounds: Annotated[int, typer.Option(min=3, help="Timed rounds of everything.")] = 30,
    threads: Annotated[int, typer.Option(min=1, help="Threads that an operation may use.")] = 2,
    growth: Annotated[
        bool, typer.Option("--growth", help="Instead: time and memory for 100, 1,000 and 10,000 pictures.")
    ] = False,
    most: Annotated[int, typer.Option(min=0, help="With --growth, go on to so many pictures, such as 100000.")] = 0,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")] = None,
) -> None:
    """Time one picture and a batch of 64, beside ResNet-18 and MobileNetV2; with --growth, many pictures.

    Times hold for this machine; the ratios to ResNet-18's forward pass (224 × 224, float32) carry over to others.
    """
    import torch

    from casting_core.data.files import write_atomically
    from casting_core.evaluation import speed
    from casting_core.inspection.inspector import Inspector

    torch.set_num_threads(threads)
    inspector, contents = Inspector.load(device="cpu"), _pictures()
    report: dict[str, Any] = {"machine": speed.machine()}
    typer.echo(_machine(report["machine"]))
    if growth:
        typer.echo(f"{'pictures':>9} {'seconds':>9} {'ms each':>8} {'most memory':>12}")
        report["growth"] = []
        for row in speed.measure_growth(inspector, contents, sorted({*GROWTH, most} - {0})):
            report["growth"].append(row)
            typer.echo(
                f"{row['pictures']:>9,} {row['seconds']:>9.2f} {row['milliseconds']:>8.2f} {row['mebibytes']:>8.0f} MiB"
            )
    else:
        report["single"] = speed.measure(inspector, contents, rounds=rounds)
        typer.echo(f"\nOne picture at a time, medians (and quartiles) of {rounds} rounds")
        _table(report["single"])
        turns = max(5, rounds // 4)
        batch = [contents[number % len(contents)] for number in range(BATCH)]
        report["batch"] = speed.measure_batch(inspector, batch, rounds=turns)
        typer.echo(f"\nA batch of {BATCH}, a picture, medians (and quartiles) of {turns} rounds")
        _table(report["batch"])
        ratios, times = report["batch"]["ratios"], report["batch"]["milliseconds"]
        typer.echo(
            f"\nThroughput of a batch: {1e3 / times[speed.VERDICT]['median']:.0f} pictures a second, "
            f"{1 / ratios[speed.VERDICT]['median']:.2f} × ResNet-18's, "
            f"{times[speed.DECODE]['median'] / times[speed.VERDICT]['median']:.0%} of decoding alone"
        )
    if out is not None:
        write_atomically(out, (json.dumps(report, indent=2) + "\n").encode())


def _pictures() -> list[bytes]:
    """Render castings as JPEG files, 300 px like those of the public set; every other one is defective."""
    from PIL import Image

    from casting_core.data.images import encoded
    from casting_core.data.synthetic.casting import render_casting

    rendered = (render_casting(seed=seed, defects="random" if seed % 2 else ()).pixels for seed in range(8))
    return [encoded(Image.fromarray(pixels).convert("RGB"), "JPEG", quality=90) for pixels in rendered]


def _machine(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} threads\n{versions}"


def _table(figures: dict[str, Any]) -> None:
    for name, times in figures["milliseconds"].items():
        ratio = figures["ratios"][name]
        typer.echo(
            f"{name:<29} {times['median']:8.2f} ms  ({times['low']:.2f} to {times['high']:.2f})".ljust(62)
            + f"{ratio['median']:6.3f} × ResNet-18  ({ratio['low']:.3f} to {ratio['high']:.3f})"
        )
