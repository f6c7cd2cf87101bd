"""Speed of an inspection beside named baselines, in one process, interleaved, on the same threads."""

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import torch

from casting_core.data.images import decode


class Judge(Protocol):
    """What is timed: see `casting_core.Inspector`."""

    def inspect(self, source: bytes, *, explain: bool = True) -> object:
        """Judge one picture."""


def measure(judge: Judge, content: bytes, *, rounds: int) -> dict[str, Any]:
    """Milliseconds of every candidate, median and quartiles over `rounds` interleaved rounds.

    `content`: the bytes of one picture. The baselines are torchvision's ResNet-18 and MobileNetV2,
    untrained (weights do not change the time), forward pass alone, 224 × 224, float32, batch of one.
    """
    from torchvision.models import mobilenet_v2, resnet18

    picture = torch.rand(1, 3, 224, 224)
    networks = {"ResNet-18 forward": resnet18().eval(), "MobileNetV2 forward": mobilenet_v2().eval()}

    def forward(network: torch.nn.Module) -> Callable[[], object]:
        def run() -> object:
            with torch.inference_mode():
                return network(picture)

        return run

    candidates: dict[str, Callable[[], object]] = {
        "decode": lambda: decode(content),
        "inspect, verdict alone": lambda: judge.inspect(content, explain=False),
        "inspect, with heatmap": lambda: judge.inspect(content, explain=True),
        **{name: forward(network) for name, network in networks.items()},
    }
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 3):
        for name, run in candidates.items():
            started = time.perf_counter()
            run()
            if turn >= 3:  # the first rounds warm up
                times[name].append((time.perf_counter() - started) * 1e3)
    milliseconds = {}
    for name, values in times.items():
        low, median, high = statistics.quantiles(values, n=4)
        milliseconds[name] = {"median": median, "low": low, "high": high}
    return {"machine": machine(), "torch": torch.__version__, "milliseconds": milliseconds}


def machine() -> str:
    """The processor as the system names it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
