"""The training loop: a schedule, a log, checkpoints, one process or several; it knows nothing of its caller.

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
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from casting_core.data.files import write_atomically
from casting_core.data.transforms import to_input
from casting_core.errors import Cancelled, ModelError, SettingsError
from casting_core.networks.network import Network
from casting_core.networks.predict import predict_logits
from casting_core.training.batches import Batch, Batches
from casting_core.training.distributed import Group, join
from casting_core.training.learners import learner_for
from casting_core.training.logs.log import EpochRecord, append_epoch, read_log, write_log
from casting_core.training.logs.runs import LOG, RESULT, SETTINGS, STATE
from casting_core.training.settings import CONSTANT, TrainingSettings
from casting_core.training.state import load_state, save_state


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
    """Pictures that are judged after every epoch: N, uint8 (H, W) each, and targets float32 (N,) in {0, 1}."""

    pixels: Sequence[np.ndarray]
    targets: np.ndarray


def learning_rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """Linear warm-up, then constant, or half a cosine to zero; `step` counts from 0 to `steps` - 1."""
    warm = round(settings.warmup * steps)
    if step < warm:
        return settings.learning_rate * (step + 1) / warm
    if settings.schedule == CONSTANT:
        return settings.learning_rate
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def fit(
    model: Network,
    batches: Batches,
    held_out: HeldOut,
    settings: TrainingSettings,
    folder: Path,
    *,
    callback: Callback | None = None,
    resume: bool = False,
    device: str | None = None,
) -> list[EpochRecord]:
    """Train `model` in place and give its log; the optimizer is AdamW (I. Loshchilov and F. Hutter, ICLR 2019).

    Under `torchrun` all processes train together; the first one alone writes and reports.

    Raises
    ------
    Cancelled
        The callback asked to stop; finished epochs are kept and can be resumed.
    SettingsError
        `resume` is asked for with other settings than the run's.
    """
    group, place = join(device)
    model.to(place).to(memory_format=torch.channels_last)
    learner = learner_for(model, settings)
    learner.start()
    optimizer = torch.optim.AdamW(learner.groups(), lr=settings.learning_rate)
    finished = _begin(folder, model, optimizer, settings, resume, group)
    together = group.together(learner)
    inputs = [to_input(p, settings.size) for p in held_out.pixels[group.rank :: group.size]]
    steps = batches.steps()
    report = partial(_report, callback if group.first else None, settings, steps)
    for epoch in range(finished + 1, settings.epochs + 1):
        started = time.perf_counter()
        learner.start()
        sums = np.zeros(4)
        for step, batch in enumerate(batches.epoch(epoch, rank=group.rank, processes=group.size), start=1):
            rate = learning_rate((epoch - 1) * steps + step - 1, settings.epochs * steps, settings)
            for parameters in optimizer.param_groups:
                parameters["lr"] = rate * parameters["factor"]
            sums += _learn(together, optimizer, batch, group, place)
            report(epoch, step, sums[1] / max(sums[0], 1e-12))
        trained = time.perf_counter() - started
        weight, losses, right, seen = np.sum(group.gather(sums), axis=0).tolist()
        group.same_buffers(model)
        loss, accuracy = _validate(model, inputs, held_out.targets, group)
        record = EpochRecord(
            epoch=epoch,
            train_loss=losses / weight,
            train_accuracy=right / weight,
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=rate,
            seconds=time.perf_counter() - started,
            images_per_second=seen / trained,
        )
        if group.first:
            append_epoch(folder / LOG, record)
            save_state(folder / STATE, model, optimizer, epoch=epoch)
        report(epoch, steps, record.train_loss, record)
    group.wait()
    model.eval()
    return read_log(folder / LOG)


def _learn(
    learner: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch, group: Group, place: torch.device
) -> np.ndarray:
    """One step on one batch, or on this process's share of it.

    Gives what the epoch adds up over its pictures, float64 (4,): their weights, weighted losses and right verdicts,
    and how many they are.
    """
    targets, weights = batch.targets.to(place), batch.weights.to(place)
    masks = None if batch.masks is None else batch.masks.to(place)
    losses, logits, beside = learner(batch.inputs.to(place), targets, masks)
    # gradients are averaged over the processes, so that each counts its share of the whole batch's weight
    share = group.total(weights.sum()) / group.size
    loss = (weights * losses).sum() / share + beside
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
    optimizer.step()
    right = (logits >= 0) == (targets > 0.5)
    sums = (weights.sum(), (weights * losses.detach()).sum(), (weights * right).sum(), (weights > 0).sum())
    return np.array([float(each) for each in sums])


def _report(
    callback: Callback | None,
    settings: TrainingSettings,
    steps: int,
    epoch: int,
    step: int,
    loss: float,
    record: EpochRecord | None = None,
) -> None:
    """Tell the caller where the run stands, and stop it where the caller asks for it."""
    if callback is None:
        return
    progress = Progress(epoch=epoch, epochs=settings.epochs, step=step, steps=steps, loss=loss, record=record)
    finished = record is not None and epoch == settings.epochs
    if callback(progress) and not finished:
        raise Cancelled(f"Training was stopped in epoch {epoch}; finished epochs are kept, go on with --resume.")


def _begin(
    folder: Path,
    model: Network,
    optimizer: torch.optim.Optimizer,
    settings: TrainingSettings,
    resume: bool,
    group: Group,
) -> int:
    """Prepare the run folder; gives the number of finished epochs."""
    if resume and (folder / STATE).exists():
        try:
            before = TrainingSettings.from_json(json.loads((folder / SETTINGS).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError(
                f"{folder / SETTINGS} cannot be read ({error}), so the run cannot go on; start anew without --resume."
            ) from error
        if before != settings:
            raise SettingsError(f"{folder} was begun with other settings; start anew without --resume.")
        finished = load_state(folder / STATE, model, optimizer)
        if group.first:
            (folder / RESULT).unlink(missing_ok=True)
            # the log may be one row ahead of the state, or end in half a row
            write_log(folder / LOG, [r for r in read_log(folder / LOG) if r.epoch <= finished])
        group.wait()
        return finished
    group.wait()  # all have seen that there is nothing to resume
    if group.first:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (RESULT, STATE):
            (folder / name).unlink(missing_ok=True)
        write_log(folder / LOG, [])
        write_atomically(folder / SETTINGS, (json.dumps(settings.to_json(), indent=2) + "\n").encode())
    return 0


def _validate(model: Network, inputs: Sequence[np.ndarray], targets: np.ndarray, group: Group) -> tuple[float, float]:
    """Mean loss and accuracy at a logit of 0, without weights; NaN where nothing is held out.

    `inputs` are this process's share, every so manieth one; `targets` (N,) those of all.
    """
    if not len(targets):
        return math.nan, math.nan
    logits = np.zeros(len(targets), np.float32)
    for rank, share in enumerate(group.gather(predict_logits(model, inputs))):
        logits[rank :: group.size] = share
    losses = np.logaddexp(0.0, logits) - targets * logits
    return float(losses.mean()), float(((logits >= 0) == (targets > 0.5)).mean())
