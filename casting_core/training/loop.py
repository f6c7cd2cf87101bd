"""The training loop: mixed precision, a schedule, a log, checkpoints; it knows nothing of its caller.

Each epoch: the model is fitted on `Batches`, judged on the held-out pictures, one row is appended
to `log.csv`, and the state is saved. A run that was stopped goes on after its last finished epoch
and writes the same log as an undisturbed one, except for times: batches depend only on seed, epoch
and place, and the learning rate only on the step.
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from casting_core.data.files import write_atomically
from casting_core.data.transforms import to_input
from casting_core.errors import Cancelled, SettingsError
from casting_core.networks.castnet import CastNet
from casting_core.networks.device import choose_device, fast_dtype
from casting_core.networks.predict import predict_logits
from casting_core.training.batches import Batches
from casting_core.training.log import EpochRecord, append_epoch, read_log, write_log
from casting_core.training.objective import map_loss, verdict_loss
from casting_core.training.settings import TrainingSettings
from casting_core.training.state import load_state, save_state

STATE, LOG, SETTINGS = "state.safetensors", "log.csv", "settings.json"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run stands: epoch from 1 of `epochs`, step from 1 of `steps`; `record` at the end of an epoch."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    record: EpochRecord | None = None


Callback = Callable[[Progress], bool | None]  # True asks the run to stop after this step


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Pictures that are judged after every epoch: uint8 (H, W) each, and targets float32 (N,) in {0, 1}."""

    pixels: Sequence[np.ndarray]
    targets: np.ndarray


def learning_rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """Linear warm-up, then half a cosine to zero; `step` counts from 0 to `steps` - 1."""
    warm = max(1, round(settings.warmup * steps))
    if step < warm:
        return settings.learning_rate * (step + 1) / warm
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def make_optimizer(model: CastNet, settings: TrainingSettings) -> torch.optim.AdamW:
    """AdamW (I. Loshchilov and F. Hutter, ICLR 2019); pretrained layers learn slower, norms do not decay."""
    groups: list[dict] = []
    for pretrained in (False, True):
        for decays in (False, True):
            parameters = [
                p
                for name, p in model.named_parameters()
                if p.requires_grad and name.startswith("backbone.") == pretrained and (p.ndim > 1) == decays
            ]
            factor = settings.backbone_factor if pretrained else 1.0
            groups.append(
                {"params": parameters, "factor": factor, "weight_decay": settings.weight_decay if decays else 0.0}
            )
    return torch.optim.AdamW(groups, lr=settings.learning_rate)


def train_mode(model: CastNet, settings: TrainingSettings) -> None:
    """Training mode, but for the frozen first layers, whose weights and statistics stay ImageNet's."""
    model.train()
    backbone = model.backbone
    for module in (backbone.stem, backbone.norm, *backbone.stages[: settings.frozen_stages]):
        module.eval().requires_grad_(False)


def frozen_stages(model: CastNet, settings: TrainingSettings) -> Callable[[torch.Tensor], torch.Tensor]:
    """What the layers that `train_mode` freezes make of pictures (B, 1, S, S), computed as at inference."""
    place = next(model.parameters()).device
    dtype = fast_dtype(place)
    backbone = model.runtime(place, dtype).backbone

    @torch.no_grad()
    def compute(x: torch.Tensor) -> torch.Tensor:
        return backbone.first(x.to(dtype, memory_format=torch.channels_last), settings.frozen_stages)

    return compute


def fit(
    model: CastNet,
    batches: Batches,
    held_out: HeldOut,
    settings: TrainingSettings,
    folder: Path,
    *,
    callback: Callback | None = None,
    resume: bool = False,
    device: str | None = None,
) -> list[EpochRecord]:
    """Train `model` in place and give its log.

    Raises `Cancelled` when the callback asked to stop (finished epochs are kept and can be resumed),
    `SettingsError` when `resume` is asked for with other settings than the run's.
    """
    place = choose_device(device)
    model.to(place).to(memory_format=torch.channels_last)
    train_mode(model, settings)
    optimizer = make_optimizer(model, settings)
    finished = _begin(folder, model, optimizer, settings, resume)
    inputs = [to_input(p, settings.size) for p in held_out.pixels]
    steps = batches.steps()
    frozen, dtype = frozen_stages(model, settings), fast_dtype(place)
    for epoch in range(finished + 1, settings.epochs + 1):
        started = time.perf_counter()
        train_mode(model, settings)
        losses, correct, seen, weight = 0.0, 0.0, 0, 0.0
        for step, batch in enumerate(batches.epoch(epoch), start=1):
            rate = learning_rate((epoch - 1) * steps + step - 1, settings.epochs * steps, settings)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["factor"]
            targets = batch.targets.to(place)
            x = frozen(batch.inputs.to(place))
            with torch.autocast(place.type, dtype, enabled=dtype != torch.float32):
                evidence = model.evidence(x, passed=settings.frozen_stages)
            logits = model.pool(evidence)
            weights = batch.weights.to(place)
            verdict = verdict_loss(logits, targets, weights)
            loss = verdict + settings.map_weight * map_loss(evidence, batch.masks.to(place))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            counted = float(weights.sum())
            losses += float(verdict.detach()) * counted
            correct += float((weights * ((logits.detach() >= 0) == (targets > 0.5))).sum())
            weight += counted
            seen += len(targets)
            _report(callback, epoch, settings, step, steps, losses / weight)
        trained = time.perf_counter() - started
        validation_loss, validation_accuracy = _validate(model, inputs, held_out.targets)
        record = EpochRecord(
            epoch=epoch,
            train_loss=losses / weight,
            train_accuracy=correct / weight,
            validation_loss=validation_loss,
            validation_accuracy=validation_accuracy,
            learning_rate=rate,
            seconds=time.perf_counter() - started,
            images_per_second=seen / trained,
        )
        append_epoch(folder / LOG, record)
        save_state(folder / STATE, model, optimizer, epoch=epoch)
        _report(callback, epoch, settings, steps, steps, losses / weight, record)
    model.eval()
    return read_log(folder / LOG)


def _report(
    callback: Callback | None,
    epoch: int,
    settings: TrainingSettings,
    step: int,
    steps: int,
    loss: float,
    record: EpochRecord | None = None,
) -> None:
    if callback is None:
        return
    progress = Progress(epoch=epoch, epochs=settings.epochs, step=step, steps=steps, loss=loss, record=record)
    finished = record is not None and epoch == settings.epochs
    if callback(progress) and not finished:
        raise Cancelled(f"Training was stopped in epoch {epoch}; finished epochs are kept, go on with --resume.")


def _begin(
    folder: Path, model: CastNet, optimizer: torch.optim.Optimizer, settings: TrainingSettings, resume: bool
) -> int:
    """Prepare the run folder; gives the number of finished epochs."""
    folder.mkdir(parents=True, exist_ok=True)
    if resume and (folder / STATE).exists():
        before = TrainingSettings.from_json(json.loads((folder / SETTINGS).read_text()))
        if not before.same_run(settings):
            raise SettingsError(f"{folder} was begun with other settings; start anew without --resume.")
        finished = load_state(folder / STATE, model, optimizer)
        # the log may be one row ahead of the state, or end in half a row
        write_log(folder / LOG, [r for r in read_log(folder / LOG) if r.epoch <= finished])
        return finished
    (folder / STATE).unlink(missing_ok=True)
    write_log(folder / LOG, [])
    write_atomically(folder / SETTINGS, (json.dumps(settings.to_json(), indent=2) + "\n").encode())
    return 0


def _validate(model: CastNet, inputs: Sequence[np.ndarray], targets: np.ndarray) -> tuple[float, float]:
    """Mean cross-entropy and accuracy at logit 0 on the held-out pictures; NaN where there are none."""
    if not len(targets):
        return math.nan, math.nan
    logits = torch.from_numpy(predict_logits(model, inputs)).double()
    expected = torch.from_numpy(targets).double()
    loss = nn.functional.binary_cross_entropy_with_logits(logits, expected)
    return float(loss), float(((logits >= 0) == (expected > 0.5)).double().mean())
