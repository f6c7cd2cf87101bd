"""The inspector: the one way to judge a picture.

decode → find the part → network → calibrated probability → gates and thresholds → verdict; and, where
an explanation is asked for, the evidence map at the picture's size and its regions. No setting is
changed after loading, so one inspector serves many threads.

How it uses the cores of a CPU: the network begins in a second thread while the part is found; of many
pictures, each worker takes a few from file to result (`networks.threads`). Elsewhere, some threads read
while the device computes.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from casting_core.data.images import DEFAULT_LIMITS, ImageLimits, Source
from casting_core.data.part.finder import Part, find_part
from casting_core.data.transforms import to_input, to_picture, to_tensor
from casting_core.errors import ImageError, SettingsError
from casting_core.explanation.regions import Region, find_regions
from casting_core.inspection.gate import check_evidence, check_picture
from casting_core.inspection.inference import Answer, Inference
from casting_core.inspection.photograph import Photograph
from casting_core.inspection.results import Inspection
from casting_core.inspection.settings import SettingsSource, with_settings
from casting_core.labels import Verdict
from casting_core.networks.calibration import Calibration
from casting_core.networks.card import DEFAULT, ModelCard
from casting_core.networks.checkpoint import load_model
from casting_core.networks.compilation import PartialForward
from casting_core.networks.device import choose_device, describe
from casting_core.networks.network import Network
from casting_core.networks.threads import map_chunked

DECODERS = 2  # threads that decode ahead of a network that is not on the CPU
CHUNK_SIZE = 4  # pictures that one worker on the CPU takes at once: what they become still fits into its cache
BETWEEN = "The probability {p:.1f} % lies between the thresholds {low:.1f} % and {high:.1f} %: a person should look."


@dataclass(frozen=True, kw_only=True, eq=False)
class _Prepared:
    """One picture on its way to the network: all that is needed of it but its pixels.

    `inspection` is what can be said without the network: *unusable*, and why; or, with `inputs` uint8 (h, w), perhaps
    a reason why a person has to look whatever the network finds.
    """

    inspection: Inspection
    inputs: np.ndarray | None = None
    begun: PartialForward | None = None  # what the network already made of the inputs
    part: Part | None = None
    shape: tuple[int, int] = (0, 0)  # height and width of the picture


_Scored = tuple[_Prepared, Answer | None]  # a picture, and what the network says of it: nothing of an unusable one


class Inspector:
    """Inspects pictures with one model on one device. Make one with `Inspector.load`."""

    def __init__(
        self, network: Network, card: ModelCard, *, device: torch.device, limits: ImageLimits = DEFAULT_LIMITS
    ) -> None:
        self.card, self.device, self.limits = card, device, limits
        self.network = network  # as trained, float32 on the CPU: what explanation methods look into
        self.calibration = Calibration(temperature=card.temperature, shift=card.shift)
        self.map_calibration = Calibration(temperature=card.map_temperature, shift=card.map_shift)
        self._inference = Inference(network, device, self.calibration)
        self._unread = Inspection(
            verdict=Verdict.UNUSABLE,
            model=card.name,
            device=describe(device),
            threshold_pass=card.threshold_pass,
            threshold_reject=card.threshold_reject,
        )

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

    def prepare(self, pixels: np.ndarray) -> Tensor:
        """Return the network's input for a decoded picture: uint8 (H, W) → float32 (1, 1, h, w) on the CPU."""
        return to_tensor([to_input(pixels, self.card.input_size)])

    def locate(self, pixels: np.ndarray) -> Part | None:
        """Return the part on a decoded picture uint8 (H, W), in its pixels.

        None where none is found, and for a model without gates: its product is not one that could be found.
        """
        return find_part(pixels) if self.card.gates else None

    def inspect(self, source: Source | Photograph, *, explain: bool = True, map_side: int | None = None) -> Inspection:
        """Judge one picture. Never raises for what a file contains: an unreadable one is `unusable` with its reason.

        Parameters
        ----------
        source : a path, bytes, a file object, a PIL image, an array uint8 (H, W) or (H, W, 3) or float32 in [0, 1]; or
            a `Photograph`, whose pixels and part are then at hand for more than the verdict.
        explain : False leaves out heatmap and regions, and never changes the verdict.
        map_side : px, the long side of the heatmap at most, for whoever shows it smaller than a large picture; None: it
            has the picture's size. Changes nothing else.
        """
        return next(self._results(self._launch([self._read(source, beside=True)])(), explain, map_side))

    def look(self, pixels: np.ndarray) -> tuple[float, np.ndarray | None]:
        """Return what the network says of decoded pixels uint8 (H, W), whatever the gates would say of them.

        For methods that alter a picture and ask again; the one way to a verdict is `inspect`. Gives the calibrated
        probability of *defective*, and the evidence map float32 (H, W), None for a network without a map.
        """
        logits, evidence = self._inference.compute([to_input(pixels, self.card.input_size)])
        probability = float(self.calibration.probability(logits)[0])
        if evidence is None:
            return probability, None
        return probability, self._map(evidence[0], *pixels.shape)

    def inspect_many(
        self,
        sources: Iterable[Source | Photograph],
        *,
        batch_size: int = 64,
        explain: bool = True,
        map_side: int | None = None,
    ) -> Iterator[Inspection]:
        """Judge many pictures in batches, in their order; memory is bounded, at most two batches are read ahead.

        For `explain` and `map_side` see `inspect`.
        Raises `SettingsError` for a batch size below 1.
        """
        if batch_size < 1:
            raise SettingsError(f"The batch size must be at least 1, got {batch_size}.")
        if self.device.type != "cpu":
            return self._results(self._batches(iter(sources), batch_size), explain, map_side)
        size = min(batch_size, CHUNK_SIZE)
        judged = map_chunked(self._take, sources, size=size, ahead=2 * batch_size // size)
        return self._results(judged, explain, map_side)

    def _batches(self, sources: Iterator[Source | Photograph], batch_size: int) -> Iterator[_Scored]:
        """Elsewhere one batch is computed while the next is read, and the results of the last are made."""
        pool = ThreadPoolExecutor(DECODERS, thread_name_prefix="decode")

        def read_ahead() -> list[Future[_Prepared]]:
            return [pool.submit(self._read, source) for source in islice(sources, batch_size)]

        waiting: Callable[[], list[_Scored]] = list
        try:
            ahead = read_ahead()
            while ahead:
                following = read_ahead()
                launched = self._launch([future.result() for future in ahead])
                yield from waiting()
                waiting, ahead = launched, following
            yield from waiting()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _take(self, sources: Sequence[Source | Photograph]) -> list[_Scored]:
        return self._launch([self._read(source) for source in sources])()

    def _read(self, source: Source | Photograph, *, beside: bool = False) -> _Prepared:
        """`beside`: let the network begin in another thread while the part is found."""
        started = time.perf_counter()
        photograph = source if isinstance(source, Photograph) else Photograph(source, limits=self.limits)
        sha256: str | None = None
        try:
            content = photograph.content()
            try:
                picture = photograph.picture()
            except ImageError:
                sha256 = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else None
                raise
        except ImageError as error:
            seconds = {"decode": time.perf_counter() - started}
            why = str(error).encode("utf-8", "backslashreplace").decode()  # a file's name need not be text
            return _Prepared(inspection=replace(self._unread, reason=why, sha256=sha256, seconds=seconds))
        decoded = time.perf_counter()
        beginning = self._inference.begin(picture.pixels, self.card.input_size) if beside else None
        part = photograph.part() if self.card.gates else None
        located = time.perf_counter()
        inputs, begun = (to_input(picture.pixels, self.card.input_size), None) if beginning is None else beginning()
        resized = time.perf_counter()
        shape = picture.height, picture.width
        finding = check_picture(self.card, inputs, part, shape)
        seconds = {
            "decode": decoded - started,
            "locate": located - decoded,
            "resize": resized - located,  # or what was left of it, and of the network's beginning
            "gates": time.perf_counter() - resized,
        }
        inspection = replace(
            self._unread,
            reason=None if finding is None else finding.reason,
            note=picture.note,
            sha256=picture.sha256,
            width=picture.width,
            height=picture.height,
            seconds=seconds,
        )
        if finding is not None and finding.verdict is Verdict.UNUSABLE:
            return _Prepared(inspection=inspection)
        return _Prepared(inspection=inspection, inputs=inputs, begun=begun, part=part, shape=shape)

    def _launch(self, prepared: Sequence[_Prepared]) -> Callable[[], list[_Scored]]:
        """Let the network begin; what is given waits for the end, and gives the pictures with its answers in order."""
        wait = self._inference.launch_each([(item.inputs, item.begun) for item in prepared if item.inputs is not None])

        def collect() -> list[_Scored]:
            answers = iter(wait())
            return [(item, None if item.inputs is None else next(answers)) for item in prepared]

        return collect

    def _results(self, judged: Iterable[_Scored], explain: bool, map_side: int | None) -> Iterator[Inspection]:
        """In order; a heatmap is made when its turn comes, so that only one is held at a time."""
        for item, answer in judged:
            yield self._result(item, answer, explain, map_side)

    def _result(self, item: _Prepared, answer: Answer | None, explain: bool, map_side: int | None) -> Inspection:
        seconds = dict(item.inspection.seconds)
        found: dict[str, Any] = {}
        if answer is not None:
            started = time.perf_counter()
            probability = float(self.calibration.probability(np.array(answer.logit)))
            local = None if answer.evidence is None else self.map_calibration.probability(answer.evidence)
            verdict, reason = self._verdict(probability, local, item)
            found = {"verdict": verdict, "reason": reason, "probability": probability}
            seconds["gates"] += time.perf_counter() - started
            seconds["network"] = answer.seconds
            if explain and answer.evidence is not None:
                started = time.perf_counter()
                found["heatmap"], found["regions"] = self._explained(answer.evidence, item, map_side)
                seconds["explain"] = time.perf_counter() - started
        return replace(item.inspection, **found, seconds={**seconds, "total": sum(seconds.values())})

    def _explained(
        self, evidence: np.ndarray, item: _Prepared, map_side: int | None
    ) -> tuple[np.ndarray, tuple[Region, ...]]:
        """Return the map as large as asked for, and its regions, which are found at the size that the network saw."""
        assert item.inputs is not None
        scale = min(1.0, (map_side or np.inf) / max(item.shape))
        heatmap = self._map(evidence, *(max(1, round(side * scale)) for side in item.shape))
        places = heatmap if heatmap.shape == item.inputs.shape else self._map(evidence, *item.inputs.shape)
        return heatmap, find_regions(places, item.part, shape=item.shape)

    def _map(self, evidence: np.ndarray, height: int, width: int) -> np.ndarray:
        """Return the evidence of places (h, w) as probabilities at the picture's size, float32 (H, W) in [0, 1].

        Scaled while it is logits: as probabilities, strong places next to each other are all nearly 1, and which of
        them is the strongest would be lost.
        """
        logits = torch.from_numpy(to_picture(evidence, height, width, smooth=True))
        calibration = self.map_calibration
        return logits.add_(calibration.shift).div_(calibration.temperature).sigmoid_().numpy()

    def _verdict(self, probability: float, local: np.ndarray | None, item: _Prepared) -> tuple[Verdict, str | None]:
        verdict = self.card.thresholds.verdict(probability)
        if item.inspection.reason is not None:
            return Verdict.REVIEW, item.inspection.reason
        if local is not None:
            finding = check_evidence(self.card, local, item.part, item.shape, passes=verdict is Verdict.OK)
            if finding is not None:
                return finding.verdict, finding.reason
        low, high = 100 * self.card.threshold_pass, 100 * self.card.threshold_reject
        between = BETWEEN.format(p=100 * probability, low=low, high=high)
        return verdict, between if verdict is Verdict.REVIEW else None
