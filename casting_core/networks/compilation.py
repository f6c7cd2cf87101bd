"""A network on its device, compiled there for the shapes of pictures that come often.

1. `Network.stages` are what `Network.judge` does, one after the other.
2. On the CPU, every call of a convolution costs oneDNN some thirty microseconds of preparation, on one core and forty
   times a picture, and Python has to make the call. So for a shape that comes often the steps are recorded
   (TorchScript), and oneDNN's graph compiler prepares each convolution, with what follows it, once and for all. A
   quarter of the time is saved, and meanwhile Python is free for other threads.
   What oneDNN prepares, it prepares for a number of threads: threads that may use more or fewer compile anew.
3. Compiling takes some tenths of a second, which few pictures do not pay back: the first ones go the plain way. So do
   pictures of rare shapes, and all of them where compiling fails or its result is not that of the plain way.

Both ways differ by the rounding of the precision in which they compute, as two sizes of batch do.
"""

import logging
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from casting_core.networks.network import Network

logger = logging.getLogger(__name__)

OFTEN = 8  # calls of one kind, after which it is compiled
MAX_KINDS = 8  # that are compiled
DEVIATION = 0.05  # at most, of the largest value, from the plain way
_RUNS = 3  # the first two are watched, then it is compiled

Step = Callable[[Any], Any]
Kind = tuple[tuple[int, ...], int]  # shape of the pictures, and threads that an operation may use


@dataclass(frozen=True, kw_only=True, eq=False)
class PartialForward:
    """A computation after its first step: what that gave, and the shape of the pictures."""

    value: Any
    shape: tuple[int, ...]


class Runtime:
    """Judges pictures, float32 (B, 1, H, W), luminance in [0, 1], on the device; many threads may call it."""

    def __init__(self, network: Network, device: torch.device, dtype: torch.dtype) -> None:
        self.network = network.runtime(device, dtype)
        self._plain = self.network.stages()
        self._source, self._dtype = network, dtype
        self._compiles = len(self._plain) > 1 and device.type == "cpu" and _can_compile()
        self._compiled: dict[Kind, Sequence[Step]] = {}
        self._counts: Counter[Kind] = Counter()
        self._lock = threading.Lock()

    def is_compiled(self, shape: tuple[int, ...]) -> bool:
        """Whether this thread computes pictures of this shape by compiled steps."""
        return self._compiled.get(_kind(shape), self._plain) is not self._plain

    def judge(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """See `Network.judge`."""
        return self.remaining_stages(self.first_stage(x))

    def first_stage(self, x: Tensor, *, at_once: bool = False) -> PartialForward:
        """Do the first of several steps, about a third of the work; nothing where there is but one.

        `at_once`: compile, if this shape ever is, and however rare it was so far.
        """
        shape = tuple(x.shape)
        steps = self._steps(shape, counts=True, at_once=at_once)
        return PartialForward(value=x if len(steps) == 1 else steps[0](x), shape=shape)

    def remaining_stages(self, begun: PartialForward) -> tuple[Tensor, Tensor | None]:
        """Do what remains, in any thread; gives what `judge` gives."""
        value: Any = begun.value
        steps = self._steps(begun.shape)
        for step in steps if len(steps) == 1 else steps[1:]:
            value = step(value)
        return value

    def _steps(self, shape: tuple[int, ...], *, counts: bool = False, at_once: bool = False) -> Sequence[Step]:
        kind = _kind(shape)
        if kind in self._compiled:
            return self._compiled[kind]
        if not self._compiles or not counts or not self._lock.acquire(blocking=False):
            return self._plain
        try:
            self._counts[kind] += 1
            if (at_once or self._counts[kind] > OFTEN) and len(self._compiled) < MAX_KINDS:
                self._compiled[kind] = self._compile(shape) or self._plain
            if len(self._counts) > 64 * MAX_KINDS:
                self._counts.clear()
        finally:
            self._lock.release()
        return self._compiled.get(kind, self._plain)

    def _compile(self, shape: tuple[int, ...]) -> Sequence[Step] | None:
        enabled = torch.jit.onednn_fusion_enabled()
        torch.jit.enable_onednn_fusion(True)
        warnings.filterwarnings("ignore", message=".*torch.jit.trace. is deprecated", category=FutureWarning)
        try:
            with torch.inference_mode(False), torch.no_grad():
                value = torch.rand(shape).to(memory_format=torch.channels_last)
                steps: list[Step] = []
                for step in self._source.fused(self._dtype).stages()[:-1]:
                    expected = step(value)
                    recorded = torch.jit.trace(lambda given, step=step: step(given), value, check_trace=False)
                    for _ in range(_RUNS):
                        found = recorded(value)
                    deviation = float((found - expected).abs().max())
                    if not deviation <= DEVIATION * float(expected.abs().max()):
                        logger.warning("Compiled, %s deviates by %g: it is not used.", shape, deviation)
                        return None
                    steps.append(recorded)
                    value = expected
            return (*steps, self._plain[-1])
        except RuntimeError as error:
            logger.warning("Shape %s cannot be compiled: %s", shape, error)
            return None
        finally:
            torch.jit.enable_onednn_fusion(enabled)


def _kind(shape: tuple[int, ...]) -> Kind:
    return shape, torch.get_num_threads()


def _can_compile() -> bool:
    """Whether this build of PyTorch has what compiling needs."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.jit, "enable_onednn_fusion")
