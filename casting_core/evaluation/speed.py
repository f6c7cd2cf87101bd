"""Speed of an inspection beside named baselines, or of models beside each other.

All are timed in one process, interleaved, on the same threads.

Milliseconds differ from machine to machine and from minute to minute; so what counts is the ratio to a network that
everybody knows, taken anew in every round. Each round asks every candidate once, so that whatever else the machine does
meanwhile falls on all of them alike.
"""

import itertools
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from casting_core.data.images import decode
from casting_core.data.samples import Progress
from casting_core.errors import SettingsError

if TYPE_CHECKING:
    import torch

WARM_UP = 12  # rounds before the timed ones; a network is compiled only once it is clear that it pays
DECODE, VERDICT, HEATMAP = "decode alone", "decode → verdict", "decode → verdict and heatmap"
RESNET, MOBILENET = "ResNet-18 forward", "MobileNetV2 forward"
ROUNDS, LEAST, SETTLING = 15, 5, 3  # rounds of `take_turns`: timed, timed at least, and before those that count
EVERY = 32  # results, after which memory is looked at

Spread = dict[str, float]  # median, low and high (quartiles)


class Judge(Protocol):
    """What is timed, one picture at a time: see `casting_core.Inspector`."""

    def inspect(self, source: bytes, *, explain: bool = True) -> object:
        """Judge one picture."""


class BatchJudge(Judge, Protocol):
    """What is timed, alone and in batches."""

    def inspect_many(self, sources: Iterable[bytes], *, batch_size: int = 64, explain: bool = True) -> Iterator[object]:
        """Judge many pictures."""


def measure(judge: BatchJudge, contents: Sequence[bytes], *, rounds: int) -> dict[str, Any]:
    """One picture at a time: milliseconds of every candidate, and their ratios to ResNet-18's forward pass.

    `contents`: the bytes of some pictures, taken in turn. The baselines are torchvision's ResNet-18 and MobileNetV2,
    untrained (weights do not change the time), forward pass alone, 224 × 224, float32, batch of one.
    """
    import torch
    from torchvision.models import mobilenet_v2, resnet18

    picture = torch.rand(1, 3, 224, 224)
    turn = itertools.cycle(contents)
    candidates: dict[str, Callable[[], object]] = {
        DECODE: lambda: decode(next(turn)),
        VERDICT: lambda: judge.inspect(next(turn), explain=False),
        HEATMAP: lambda: judge.inspect(next(turn), explain=True),
        RESNET: _forward(resnet18(), picture),
        MOBILENET: _forward(mobilenet_v2(), picture),
    }
    return _compared(candidates, rounds=rounds, warm_up=WARM_UP, pictures=1)


def measure_batch(judge: BatchJudge, contents: Sequence[bytes], *, rounds: int) -> dict[str, Any]:
    """All pictures at once: the same per picture, and the ratios to ResNet-18's forward pass of a batch as large.

    Verdicts come without heatmaps, from the bytes of the files. Decoding alone uses as many threads.
    """
    import torch
    from torchvision.models import resnet18

    pictures = torch.rand(len(contents), 3, 224, 224)
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        candidates: dict[str, Callable[[], object]] = {
            DECODE: lambda: list(pool.map(decode, contents)),
            VERDICT: lambda: list(judge.inspect_many(contents, batch_size=len(contents), explain=False)),
            RESNET: _forward(resnet18(), pictures),
        }
        return _compared(candidates, rounds=rounds, warm_up=2, pictures=len(contents))


def measure_growth(judge: BatchJudge, contents: Sequence[bytes], counts: Sequence[int]) -> Iterator[dict[str, float]]:
    """Seconds, and the most memory that the process held (MiB), for so many pictures after each other; a row a count.

    The pictures are the given ones over and over; with heatmaps, of which none is kept.
    """
    for _ in judge.inspect_many(itertools.islice(itertools.cycle(contents), 4 * EVERY)):
        pass  # warm
    for count in counts:
        started, most = time.perf_counter(), _resident()
        results = judge.inspect_many(itertools.islice(itertools.cycle(contents), count))
        for number, _ in enumerate(results):
            if number % EVERY == 0:
                most = max(most, _resident())
        seconds = time.perf_counter() - started
        each = 1e3 * seconds / count
        yield {"pictures": count, "seconds": seconds, "milliseconds": each, "mebibytes": most / 2**20}


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Milliseconds per picture, from the file to the verdict without a map: median of the rounds, and quartiles."""

    median: float
    low: float
    high: float
    rounds: int


def take_turns(
    judges: Mapping[str, Judge],
    content: bytes,
    *,
    rounds: int = ROUNDS,
    seconds: float = math.inf,
    progress: Progress | None = None,
) -> dict[str, Speed]:
    """Time every judge on a picture, the bytes of a file.

    Parameters
    ----------
    rounds : as many, or once the `seconds` are over, `LEAST` and no more.
    progress : is told after each round, those that warm up among them; what it raises ends the measurement.

    Raises `SettingsError` for fewer than `LEAST` rounds.
    """
    if rounds < LEAST:
        raise SettingsError(f"A median that tells anything needs {LEAST} rounds or more, got {rounds}.")
    times: dict[str, list[float]] = {name: [] for name in judges}
    total, began = rounds + SETTLING, time.perf_counter()
    for turn in range(total):
        if turn >= LEAST + SETTLING and time.perf_counter() - began > seconds:
            break
        for name, judge in judges.items():
            started = time.perf_counter()
            judge.inspect(content, explain=False)
            if turn >= SETTLING:
                times[name].append(1e3 * (time.perf_counter() - started))
        if progress is not None:
            progress(turn + 1, total)
    result = {}
    for name, values in times.items():
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        result[name] = Speed(median=median, low=low, high=high, rounds=len(values))
    return result


def machine() -> dict[str, Any]:
    """Processor, cores, threads, and versions of what computes."""
    from importlib.metadata import version

    import torch

    packages = ("torch", "torchvision", "numpy", "scipy", "pillow")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "threads": torch.get_num_threads(),
        "spins": os.environ.get("GOMP_SPINCOUNT"),  # see `casting_core.system.openmp`
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
    }


def _forward(network: "torch.nn.Module", pictures: "torch.Tensor") -> Callable[[], object]:
    import torch

    network.eval()

    def run() -> object:
        with torch.inference_mode():
            return network(pictures)

    return run


def _compared(
    candidates: dict[str, Callable[[], object]], *, rounds: int, warm_up: int, pictures: int
) -> dict[str, Any]:
    """`milliseconds` a picture, and `ratios` to ResNet-18 in the same round: a `Spread` for each candidate."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(warm_up + rounds):
        for name, run in candidates.items():
            started = time.perf_counter()
            run()
            if turn >= warm_up:
                times[name].append((time.perf_counter() - started) * 1e3 / pictures)
    ratios = {name: [a / b for a, b in zip(values, times[RESNET], strict=True)] for name, values in times.items()}
    return {
        "pictures": pictures,
        "rounds": rounds,
        "milliseconds": {name: _spread(values) for name, values in times.items()},
        "ratios": {name: _spread(values) for name, values in ratios.items()},
    }


def _spread(values: list[float]) -> Spread:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "low": low, "high": high}


def _processor() -> str:
    """As the system names it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _resident() -> int:
    """Bytes of memory that the process holds; where the system does not tell, the most it has ever held."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource
    import sys

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
