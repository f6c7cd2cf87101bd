"""What the columns of other tools' logs are called, and which of ours they are.

A name is cut into words: `metrics/accuracy_top1` is metrics, accuracy, top, 1; `valLoss` is val, loss. It is one of
ours where its words are nothing but what is measured (loss, accuracy), on which pictures (train, val, …) and filling
(mean, epoch, …). So `train/loss` is `train_loss`, while `train/box_loss` is a part of the loss and keeps its name.

A bare `loss` is that of the fit. A bare `accuracy` is that of the fit as well (Keras), but that of the held-out
pictures where the log marks its training columns and has no other accuracy for held-out pictures (fastai), or where it
stands among `metrics` (Ultralytics). Test columns count as held-out only where there is nothing else.
"""

import re
from collections.abc import Sequence

TRAIN_LOSS, TRAIN_ACCURACY = "train_loss", "train_accuracy"
VALIDATION_LOSS, VALIDATION_ACCURACY = "validation_loss", "validation_accuracy"
LEARNING_RATE, SECONDS = "learning_rate", "seconds"

TRAIN = frozenset({"train", "training", "trn"})
VALIDATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev"})
TEST = frozenset({"test", "testing"})

FILLING = frozenset({"epoch", "mean", "avg", "average", "total", "running", "metrics", "metric", "score"})
ACCURACY = frozenset({"accuracy", "acc"})
ACCURACY_FILLING = FILLING | ACCURACY | {"binary", "categorical", "sparse", "multiclass", "top", "1", "percent", "pct"}
RATE_FILLING = FILLING | TRAIN | {"lr", "learning", "rate", "pg", "group", "0", "adam", "w", "sgd"}
TIME = frozenset({"time", "seconds", "second", "secs", "sec", "duration", "elapsed", "runtime"})
TIME_FILLING = FILLING | TIME | {"s", "in"}
COUNTERS = {"epoch": {"epoch", "epochs"}, "step": {"step", "steps", "iteration", "iterations", "iter"}}
COUNTER_FILLING = frozenset({"number", "num", "no", "idx", "index", "current", "global", "trainer"}) | TRAIN


def words(name: str) -> list[str]:
    """Return the words of a column's name, in lower case: letters and numbers apart, `camelCase` cut."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def on_pictures(name: str) -> frozenset[str] | None:
    """On which pictures something was measured: `TRAIN`, `VALIDATION`, `TEST`; None where the name says none, or two.

    What stands before ` - `, as Weights & Biases names the run, says nothing.
    """
    said = [role for role in (TRAIN, VALIDATION, TEST) if role & set(words(_own_part(name)))]
    return said[0] if len(said) == 1 else None


def place_column(names: Sequence[str], kind: str) -> int | None:
    """Position of the column that counts epochs (`kind` = "epoch") or steps ("step"); None where there is none."""
    found = []
    for position, name in enumerate(names):
        held = words(_own_part(name))
        if COUNTERS[kind] & set(held) and set(held) <= COUNTERS[kind] | COUNTER_FILLING:
            found.append((len(held), position))
    return min(found)[1] if found else None


def is_wall_time(name: str) -> bool:
    """Whether a column holds the time of day, in seconds since 1970."""
    return words(name) in (["wall", "time"], ["walltime"], ["timestamp"])


def is_running_time(name: str) -> bool:
    """Whether a column of times may count from the start, rather than give that of each epoch."""
    held = set(words(name))
    return bool(held & {"time", "elapsed", "runtime"}) and "epoch" not in held


def is_accuracy(name: str) -> bool:
    """Whether a column holds an accuracy, one of ours or another."""
    return bool(ACCURACY & set(words(name)))


def recognise(names: Sequence[str]) -> dict[int, str]:
    """Our name by the position of the column that has it; each of ours at most once, the plainest name wins."""
    found: dict[str, list[tuple[int, int, int]]] = {}  # by our name: how far-fetched, how many words, position
    bare: list[tuple[int, int]] = []  # accuracies that do not say on which pictures
    for position, name in enumerate(names):
        held = words(_own_part(name))
        what = _measured(set(held))
        where = on_pictures(name)
        if what is None:
            continue
        if what in (LEARNING_RATE, SECONDS):
            own, far = what, 0
        elif where is None and "loss" not in held:
            bare.append((len(held), position))
            continue
        elif what == "loss":
            own = TRAIN_LOSS if where in (None, TRAIN) else VALIDATION_LOSS
            far = {None: 1, TEST: 2}.get(where, 0)
        else:
            own, far = TRAIN_ACCURACY if where == TRAIN else VALIDATION_ACCURACY, 2 * (where == TEST)
        found.setdefault(own, []).append((far, len(held), position))
    if bare:
        length, position = min(bare)
        marked = any(far == 0 for far, _, _ in found.get(TRAIN_LOSS, ()))
        held_out = marked or {"metrics", "metric"} & set(words(names[position]))
        own = VALIDATION_ACCURACY if held_out and VALIDATION_ACCURACY not in found else TRAIN_ACCURACY
        found.setdefault(own, []).append((1, length, position))
    return {min(candidates)[2]: own for own, candidates in found.items()}


def _measured(held: set[str]) -> str | None:
    """Tell what a name of these words measures: loss, accuracy, a learning rate or seconds; None for anything else."""
    roles = TRAIN | VALIDATION | TEST
    if sum(bool(role & held) for role in (TRAIN, VALIDATION, TEST)) > 1:
        return None
    if ("lr" in held or {"learning", "rate"} <= held) and held <= RATE_FILLING:
        return LEARNING_RATE
    if held & TIME and held <= TIME_FILLING:
        return SECONDS
    if "loss" in held and held <= FILLING | roles | {"loss"}:
        return "loss"
    if (ACCURACY & held or {"top", "1"} <= held) and held <= ACCURACY_FILLING | roles:
        return "accuracy"
    return None


def _own_part(name: str) -> str:
    return name.rpartition(" - ")[2]
