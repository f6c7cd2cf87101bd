"""The inspector: the one way to judge a picture.

decode → find the part → network → calibrated probability → gates and thresholds → verdict; and, where
an explanation is asked for, the evidence map at the picture's size and its regions. Nothing is
changed after loading, so one inspector serves many threads.
"""

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from casting_core.data.images import DEFAULT_LIMITS, ImageLimits, Source, decode, read
from casting_core.data.part import Part, find_part
from casting_core.data.transforms import to_input, to_picture, to_tensor
from casting_core.errors import ImageError, SettingsError
from casting_core.evaluation.calibration import Calibration
from casting_core.explanation.regions import Region, find_regions
from casting_core.inspection.gate import check_evidence, check_picture
from casting_core.inspection.results import Inspection
from casting_core.inspection.settings import SettingsSource, with_settings
from casting_core.labels import Verdict
from casting_core.networks.card import DEFAULT, ModelCard
from casting_core.networks.checkpoint import load_model
from casting_core.networks.device import choose_device, describe, fast_dtype
from casting_core.networks.network import Network

logger = logging.getLogger(__name__)

DECODERS = 2  # threads that decode ahead of the network
BETWEEN = "The probability {p:.1%} lies between the thresholds {low:.1%} and {high:.1%}: a person should look."


@dataclass(frozen=True, kw_only=True, eq=False)
class _Prepared:
    """One picture on its way to the network: all that is needed of it but its pixels.

    `inputs` uint8 (h, w); None where the picture is unusable, and then `error` says why. `doubt` says why a person
    has to look whatever the network finds.
    """

    seconds: dict[str, float]
    error: str | None = None
    inputs: np.ndarray | None = None
    part: Part | None = None
    doubt: str | None = None
    sha256: str | None = None
    shape: tuple[int, int] | None = None  # height and width of the picture; None where it could not be decoded


class Inspector:
    """Judges pictures with one model on one device. Make one with `Inspector.load`."""

    def __init__(
        self, network: Network, card: ModelCard, *, device: torch.device, limits: ImageLimits = DEFAULT_LIMITS
    ) -> None:
        self.card, self.device, self.limits = card, device, limits
        self.network = network  # as trained, float32 on the CPU: what explanation methods look into
        self.dtype = fast_dtype(device)
        self.calibration = Calibration(temperature=card.temperature, shift=card.shift)
        self.map_calibration = Calibration(temperature=card.map_temperature, shift=card.map_shift)
        self._runtime = network.runtime(device, self.dtype)

    @classmethod
    def load(
        cls,
        model: str = DEFAULT,
        *,
        settings: SettingsSource | None = None,
        device: str | None = None,
        limits: ImageLimits = DEFAULT_LIMITS,
    ) -> "Inspector":
        """Load a shipped model onto the device named, or the best present (CUDA, Apple MPS, CPU).

        `settings`: other thresholds than the card's (`inspection.settings`): a JSON file, its content as bytes, a
        mapping such as `{"threshold_pass": 0.1, "threshold_reject": 0.8}`, or `Settings`.
        Raises `ModelError` where the model is missing or altered, `SettingsError` for an unknown device
        and for settings that are unusable or were made for another model.
        """
        place = choose_device(device)
        network, card = load_model(model)
        if settings is not None:
            card = with_settings(card, settings)
        return cls(network, card, device=place, limits=limits)

    @property
    def device_name(self) -> str:
        """The device as results name it."""
        return describe(self.device)

    def prepare(self, pixels: np.ndarray) -> Tensor:
        """The network's input for a decoded picture: uint8 (H, W) → float32 (1, 1, h, w) on the CPU."""
        return to_tensor([to_input(pixels, self.card.input_size)])

    def locate(self, pixels: np.ndarray) -> Part | None:
        """The part on a decoded picture uint8 (H, W), in its pixels.

        None where none is found, and for a model without gates: its product is not one that could be found.
        """
        return find_part(pixels) if self.card.gates else None

    def inspect(self, source: Source, *, explain: bool = True) -> Inspection:
        """Judge one picture: a path, bytes, a file object, a PIL image or an array.

        An array is uint8 (H, W) or (H, W, 3), or float32 in [0, 1]. Never raises for what a file
        contains: an unreadable one is `unusable` with its reason. `explain=False` leaves out heatmap
        and regions, and never changes the verdict.
        """
        return next(self._judge([self._read(source)], explain))

    def look(self, pixels: np.ndarray) -> tuple[float, np.ndarray | None]:
        """What the network says of decoded pixels uint8 (H, W), whatever the gates would say of them.

        For methods that alter a picture and ask again; the one way to a verdict is `inspect`. Gives the calibrated
        probability of *defective*, and the evidence map float32 (H, W), None for a network without a map.
        """
        logits, evidence = self._compute([to_input(pixels, self.card.input_size)])
        probability = float(self.calibration.probability(logits)[0])
        if evidence is None:
            return probability, None
        return probability, self._map(evidence[0], *pixels.shape)

    def inspect_many(
        self, sources: Iterable[Source], *, batch_size: int = 64, explain: bool = True
    ) -> Iterator[Inspection]:
        """Judge many pictures in batches, in their order; memory is bounded, decoding runs ahead.

        Raises `SettingsError` for a batch size below 1.
        """
        if batch_size < 1:
            raise SettingsError(f"The batch size must be at least 1, got {batch_size}.")
        return self._batches(iter(sources), batch_size, explain)

    def _batches(self, sources: Iterator[Source], batch_size: int, explain: bool) -> Iterator[Inspection]:
        pool = ThreadPoolExecutor(DECODERS, thread_name_prefix="decode")
        try:
            ahead = [pool.submit(self._read, source) for source in islice(sources, batch_size)]
            while ahead:
                following: list[Future[_Prepared]] = [
                    pool.submit(self._read, source) for source in islice(sources, batch_size)
                ]
                yield from self._judge([future.result() for future in ahead], explain)
                ahead = following
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, source: Source) -> _Prepared:
        started = time.perf_counter()
        sha256: str | None = None
        try:
            content = read(source, limits=self.limits)
            try:
                picture = decode(content, limits=self.limits)
            except ImageError:
                sha256 = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None
                raise
        except ImageError as error:
            seconds = {"decode": time.perf_counter() - started}
            told = str(error).encode("utf-8", "backslashreplace").decode()  # a file's name need not be text
            return _Prepared(error=told, sha256=sha256, seconds=seconds)
        decoded = time.perf_counter()
        part = self.locate(picture.pixels)
        located = time.perf_counter()
        inputs = to_input(picture.pixels, self.card.input_size)
        resized = time.perf_counter()
        shape = picture.height, picture.width
        finding = check_picture(self.card, inputs, part, shape)
        unusable = finding is not None and finding.verdict is Verdict.UNUSABLE
        reason = None if finding is None else finding.reason
        seconds = {
            "decode": decoded - started,
            "locate": located - decoded,
            "resize": resized - located,
            "gates": time.perf_counter() - resized,
        }
        return _Prepared(
            inputs=None if unusable else inputs,
            error=reason if unusable else None,
            doubt=None if unusable else reason,
            part=part,
            sha256=picture.sha256,
            shape=shape,
            seconds=seconds,
        )

    def _judge(self, prepared: Sequence[_Prepared], explain: bool) -> Iterator[Inspection]:
        """Results in order; a heatmap is made when its turn comes, so that only one is held at a time."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for index, item in enumerate(prepared):
            if item.inputs is not None:
                groups.setdefault(item.inputs.shape, []).append(index)
        computed: dict[int, tuple[float, np.ndarray | None, float]] = {}  # logit, evidence, seconds
        for members in groups.values():
            started = time.perf_counter()
            inputs = [item for item in (prepared[i].inputs for i in members) if item is not None]
            logits, evidence = self._compute(inputs)
            share = (time.perf_counter() - started) / len(members)
            for place, index in enumerate(members):
                computed[index] = float(logits[place]), None if evidence is None else evidence[place], share
        for index, item in enumerate(prepared):
            yield self._result(item, *computed[index], explain) if index in computed else self._unusable(item)

    @torch.inference_mode()
    def _compute(self, inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
        """Logits of the verdict, float32 (B,), and of the evidence, float32 (B, h, w) or None."""
        try:
            x = to_tensor(inputs).to(self.device, self.dtype, memory_format=torch.channels_last)
            logits, evidence = self._runtime.judge(x)
            return logits.cpu().numpy(), None if evidence is None else evidence.cpu().numpy()
        except torch.OutOfMemoryError:
            if len(inputs) == 1:
                raise
        half = len(inputs) // 2
        logger.warning("The device ran out of memory with %d pictures at once; going on with %d.", len(inputs), half)
        torch.cuda.empty_cache()
        first, second = self._compute(inputs[:half]), self._compute(inputs[half:])
        maps = None if first[1] is None or second[1] is None else np.concatenate([first[1], second[1]])
        return np.concatenate([first[0], second[0]]), maps

    def _result(
        self, item: _Prepared, logit: float, evidence: np.ndarray | None, share: float, explain: bool
    ) -> Inspection:
        assert item.inputs is not None
        assert item.shape is not None
        card, (height, width) = self.card, item.shape
        probability = float(self.calibration.probability(np.array(logit)))
        started = time.perf_counter()
        local = None if evidence is None else self.map_calibration.probability(evidence)
        verdict, reason = self._verdict(probability, local, item)
        gated = item.seconds["gates"] + time.perf_counter() - started
        seconds = {**item.seconds, "gates": gated, "network": share}
        heatmap: np.ndarray | None = None
        regions: tuple[Region, ...] = ()
        if explain and evidence is not None:
            started = time.perf_counter()
            heatmap = self._map(evidence, height, width)
            rows, columns = item.inputs.shape
            regions = find_regions(self._map(evidence, rows, columns), item.part, shape=item.shape)
            seconds["explain"] = time.perf_counter() - started
        return Inspection(
            verdict=verdict,
            reason=reason,
            probability=probability,
            heatmap=heatmap,
            regions=regions,
            model=card.name,
            device=self.device_name,
            sha256=item.sha256,
            width=width,
            height=height,
            threshold_pass=card.threshold_pass,
            threshold_reject=card.threshold_reject,
            seconds={**seconds, "total": sum(seconds.values())},
        )

    def _map(self, evidence: np.ndarray, height: int, width: int) -> np.ndarray:
        """The evidence of places (h, w) as probabilities at the picture's size, float32 (H, W) in [0, 1].

        Scaled while it is logits: as probabilities, strong places next to each other are all nearly 1, and which of
        them is the strongest would be lost.
        """
        logits = to_picture(evidence, height, width, smooth=True)
        return self.map_calibration.probability(logits).astype(np.float32)

    def _verdict(self, probability: float, local: np.ndarray | None, item: _Prepared) -> tuple[Verdict, str | None]:
        card, passes = self.card, probability < self.card.threshold_pass
        if item.doubt is not None:
            return Verdict.REVIEW, item.doubt
        if local is not None and item.shape is not None:
            finding = check_evidence(card, local, item.part, item.shape, passes=passes)
            if finding is not None:
                return finding.verdict, finding.reason
        if passes:
            return Verdict.OK, None
        if probability >= card.threshold_reject:
            return Verdict.DEFECTIVE, None
        return Verdict.REVIEW, BETWEEN.format(p=probability, low=card.threshold_pass, high=card.threshold_reject)

    def _unusable(self, item: _Prepared) -> Inspection:
        height, width = item.shape or (None, None)
        return Inspection(
            verdict=Verdict.UNUSABLE,
            reason=item.error,
            probability=None,
            heatmap=None,
            regions=(),
            model=self.card.name,
            device=self.device_name,
            sha256=item.sha256,
            width=width,
            height=height,
            threshold_pass=self.card.threshold_pass,
            threshold_reject=self.card.threshold_reject,
            seconds={**item.seconds, "total": sum(item.seconds.values())},
        )
