"""Inference: what the network says of prepared pictures, as logits, and in full precision where it could matter.

bfloat16 keeps eight bits. Where a probability is neither near 0 nor near 1, that could be seen in it, and now and then
turn a verdict; so such pictures are computed again in float32. Of the public set they are one in sixteen.
"""

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from casting_core.data.transforms import input_shape, to_input, to_tensor
from casting_core.networks.calibration import Calibration
from casting_core.networks.compilation import PartialForward, Runtime
from casting_core.networks.device import fast_dtype
from casting_core.networks.network import Network, SmallNetwork
from casting_core.networks.threads import SideWorker

logger = logging.getLogger(__name__)

CERTAIN = 0.001  # nearer than this to 0 or 1, rounding moves a probability by less than 0.01

Logits = tuple[np.ndarray, np.ndarray | None]  # of the verdict, float32 (B,); of the evidence, float32 (B, h, w)


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What the network says of one picture.

    Attributes
    ----------
    logit : of the verdict.
    evidence : logits of the places, float32 (h, w); None for a network without a map.
    seconds : of the network's time that it took.
    """

    logit: float
    evidence: np.ndarray | None
    seconds: float


class Inference:
    """A network on a device. Inputs are those of `data.transforms.to_input`, of one shape. For many threads."""

    def __init__(self, network: Network, device: torch.device, calibration: Calibration) -> None:
        self.device, self.dtype, self.calibration = device, fast_dtype(device), calibration
        self.runtime = Runtime(network, device, self.dtype)
        self._beside = SideWorker()
        # one batch is copied to a GPU while it computes another
        self._streams = itertools.cycle([torch.cuda.Stream(device) for _ in range(2 * (device.type == "cuda"))])
        self._network = network
        self._reduced = self.dtype != torch.float32 and not isinstance(network, SmallNetwork)
        self._exact: Network | None = None  # in full precision, made when first needed

    def begin(self, pixels: np.ndarray, size: int) -> Callable[[], tuple[np.ndarray, PartialForward]] | None:
        """Let another thread scale one picture, uint8 (H, W), to the input size, and take the network's first step.

        Gives what waits for both; None where it is no gain.
        """
        shape = input_shape(pixels.shape[0], pixels.shape[1], size)
        if self.device.type != "cpu" or not self.runtime.is_compiled((1, 1, *shape)):
            return None
        future = self._beside.submit(self._begin, pixels, size)
        return None if future is None else future.result

    @torch.inference_mode()
    def _begin(self, pixels: np.ndarray, size: int) -> tuple[np.ndarray, PartialForward]:
        inputs = to_input(pixels, size)
        return inputs, self.runtime.first_stage(self._tensor([inputs]), at_once=True)

    def compute(self, inputs: list[np.ndarray]) -> Logits:
        """Logits of the verdict and of the evidence; None for a network without a map."""
        return self.launch(inputs)()

    def launch_each(self, pictures: Sequence[tuple[np.ndarray, PartialForward | None]]) -> Callable[[], list[Answer]]:
        """Begin with inputs of any shapes, each with what was begun of it; those of one shape are computed together.

        What is returned waits for the end, and gives the answers in order.
        """
        groups: dict[object, list[int]] = {}
        for index, (inputs, begun) in enumerate(pictures):
            groups.setdefault(inputs.shape if begun is None else begun, []).append(index)
        running: list[tuple[list[int], float, Callable[[], Logits]]] = []
        for members in groups.values():
            started = time.perf_counter()
            inputs, begun = pictures[members[0]]
            if begun is None:
                wait = self.launch([pictures[index][0] for index in members])
            else:
                wait = partial(self._finish, inputs, begun)
            running.append((members, time.perf_counter() - started, wait))
        return partial(_answers, len(pictures), running)

    @torch.inference_mode()
    def _finish(self, inputs: np.ndarray, begun: PartialForward) -> Logits:
        return self._checked([inputs], *self.runtime.remaining_stages(begun))

    @torch.inference_mode()
    def launch(self, inputs: list[np.ndarray]) -> Callable[[], Logits]:
        """Begin; what is given waits for the end. A GPU computes meanwhile, and copies the next pictures besides."""
        try:
            if self.device.type != "cuda":
                return partial(self._checked, inputs, *self.runtime.judge(self._tensor(inputs)))
            stream = next(self._streams)
            with torch.cuda.stream(stream):
                return partial(self._collect, stream, inputs, *self.runtime.judge(self._tensor(inputs)))
        except torch.OutOfMemoryError:
            if len(inputs) == 1:
                raise
        half = len(inputs) // 2
        logger.warning("The device ran out of memory with %d pictures at once; going on with %d.", len(inputs), half)
        torch.cuda.empty_cache()
        first, second = self.compute(inputs[:half]), self.compute(inputs[half:])
        maps = None if first[1] is None or second[1] is None else np.concatenate([first[1], second[1]])
        logits = np.concatenate([first[0], second[0]])
        return lambda: (logits, maps)

    def _collect(
        self, stream: torch.cuda.Stream, inputs: list[np.ndarray], logits: Tensor, evidence: Tensor | None
    ) -> Logits:
        stream.synchronize()
        return self._checked(inputs, logits, evidence)

    def _tensor(self, inputs: list[np.ndarray]) -> Tensor:
        """float32 (B, 1, h, w) on the device. A GPU takes it from pinned memory, and nobody waits for that."""
        x, gpu = to_tensor(inputs), self.device.type == "cuda"
        return (x.pin_memory() if gpu else x).to(self.device, memory_format=torch.channels_last, non_blocking=gpu)

    @torch.inference_mode()
    def _checked(self, inputs: list[np.ndarray], logits: Tensor, evidence: Tensor | None) -> Logits:
        verdicts = logits.cpu().numpy()
        maps = None if evidence is None else evidence.cpu().numpy()
        if not self._reduced:
            return verdicts, maps
        probabilities = self.calibration.probability(verdicts)
        for index in np.flatnonzero((probabilities > CERTAIN) & (probabilities < 1 - CERTAIN)):
            if self._exact is None:
                self._exact = self._network.runtime(self.device, torch.float32)
            again, evidence = self._exact.judge(self._tensor([inputs[index]]))
            verdicts[index] = float(again)
            if maps is not None and evidence is not None:
                maps[index] = evidence[0].cpu().numpy()
        return verdicts, maps


def _answers(count: int, running: Sequence[tuple[list[int], float, Callable[[], Logits]]]) -> list[Answer]:
    answers: dict[int, Answer] = {}
    for members, seconds, wait in running:
        started = time.perf_counter()
        logits, evidence = wait()
        share = (seconds + time.perf_counter() - started) / len(members)
        for place, index in enumerate(members):
            local = None if evidence is None else evidence[place]
            answers[index] = Answer(logit=float(logits[place]), evidence=local, seconds=share)
    return [answers[index] for index in range(count)]
