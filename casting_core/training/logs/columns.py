"""What the columns of other tools' logs are called, and which of ours they are: the one place that knows names.

A name is cut into words: `metrics/accuracy_top1` is metrics, accuracy, top, 1; `valLoss` is val, loss. It is one of
ours where its words are nothing but what is measured (loss, accuracy), on which images (train, val, …) and filling
(mean, epoch, …). So `train/loss` is `train_loss`, while `train/box_loss` is a part of the loss and none of ours.

A name that does not say on which images is taken for training where held-out columns are marked beside it (Keras,
Hugging Face), an accuracy for held-out images where training columns are marked or it stands among `metrics` (fastai,
Ultralytics). Both are guesses, and said to be. Without either it stays `loss` or `accuracy`, of images that are not
named. Of two that could equally be one of ours neither is taken.
"""

import re
from collections.abc import Iterable

TRAIN_LOSS, TRAIN_ACCURACY = "train_loss", "train_accuracy"
VALIDATION_LOSS, VALIDATION_ACCURACY = "validation_loss", "validation_accuracy"
LOSS, ACCURACY = "loss", "accuracy"  # of images that the log does not name
LEARNING_RATE, SECONDS = "learning_rate", "seconds"
CURVES = (TRAIN_LOSS, VALIDATION_LOSS, LOSS, TRAIN_ACCURACY, VALIDATION_ACCURACY, ACCURACY)
EPOCH, STEP = "epoch", "step"

TRAIN = frozenset({"train", "training", "trn", "learn"})
VALIDATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev"})
TEST = frozenset({"test", "testing"})

FILLING = frozenset({"epoch", "mean", "avg", "average", "total", "running", "metrics", "metric", "score"})
LOSSES = frozenset({"loss", "logloss", "mlogloss"})
LOSS_FILLING = FILLING | LOSSES | {"binary", "multi"}
ACCURACIES = frozenset({"accuracy", "acc"})
ACCURACY_FILLING = (
    FILLING | ACCURACIES | {"binary", "categorical", "sparse", "multiclass", "top", "1", "percent", "pct"}
)
RATE_FILLING = FILLING | TRAIN | {"lr", "learning", "rate", "pg", "group", "0", "adam", "w", "sgd"}
TIME = frozenset({"time", "seconds", "second", "secs", "sec", "duration", "elapsed"})
TIME_FILLING = FILLING | TIME | {"s", "in"}
COUNTERS = {EPOCH: {"epoch", "epochs"}, STEP: {"step", "steps", "iteration", "iterations", "iter"}}
COUNTER_FILLING = frozenset({"number", "num", "no", "idx", "index", "current", "global", "trainer"}) | TRAIN
RUN_WORDS = ({"run"}, {"fold"}, {"kfold"}, {"seed"}, {"trial"}, {"experiment"}, {"repeat"})  # columns that tell runs
RUN_FILLING = frozenset({"run", "id", "name", "k", "uuid", "number", "no", "idx", "index", "cv"})
PHASES = frozenset({"phase", "split", "stage", "mode", "subset", "set", "dataset", "partition"})


def words(name: str) -> list[str]:
    """Return the words of a column's name, in lower case: letters and numbers apart, `camelCase` cut."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def on_images(name: str) -> str:
    """On which images something was measured: `train`, `validation`, `test`; "" where the name says none, or two."""
    held = set(words(name))
    said = [k for k, role in (("train", TRAIN), ("validation", VALIDATION), ("test", TEST)) if role & held]
    return said[0] if len(said) == 1 else ""


def is_images(name: str) -> bool:
    """Whether a name is that of images, and says nothing else: of a folder called `validation`, say."""
    return bool(on_images(name)) and len(words(name)) == 1


def counter(names: Iterable[str], kind: str) -> str | None:
    """Name of the column that counts epochs (`EPOCH`) or steps (`STEP`), the plainest; None where there is none."""
    found = []
    for name in names:
        held = words(name)
        if COUNTERS[kind] & set(held) and set(held) <= COUNTERS[kind] | COUNTER_FILLING:
            found.append((len(held), name))
    return min(found)[1] if found else None


def tells_runs(name: str) -> bool:
    """Whether rows that differ in this column belong to different runs, as of `run_id`, `fold`, `seed`."""
    held = set(words(name))
    return any(each <= held <= each | RUN_FILLING for each in RUN_WORDS)


def tells_images(name: str) -> bool:
    """Whether a column says on which images the figures of a row were measured, as `phase` and `split` do."""
    return len(words(name)) == 1 and words(name)[0] in PHASES


def makes_curve(name: str) -> bool:
    """Whether a column holds a loss or an accuracy by its name."""
    return _measured(set(words(name))) in (LOSS, ACCURACY)


def is_time(name: str) -> bool:
    """Whether a column holds durations."""
    return _measured(set(words(name))) == SECONDS


def is_wall_time(name: str) -> bool:
    """Whether a column holds the time of day, since 1970."""
    return words(name) in (["wall", "time"], ["walltime"], ["timestamp"])


def is_running_time(name: str) -> bool:
    """Whether a column of times may count from the start, rather than give that of each epoch."""
    held = set(words(name))
    return bool(held & {"time", "elapsed"}) and "epoch" not in held


def is_accuracy(name: str) -> bool:
    """Whether a column holds an accuracy, one of ours or another."""
    return bool(ACCURACIES & set(words(name)))


def recognise(names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Find the column of each of our names, and say in a sentence what of it is guessed, both by our name.

    Each of ours has one column at most, the plainest; of equally plain ones none.
    """
    found: dict[str, list[tuple[int, int, str, str]]] = {}  # by our name: how far-fetched, how many words, whose, why
    bare: dict[str, list[str]] = {LOSS: [], ACCURACY: []}
    marked = set()
    for name in names:
        what, where = _measured(set(words(name))), on_images(name)
        if what is None:
            continue
        if what in bare and not where:
            bare[what].append(name)
            continue
        own = what if what not in bare else f"{'validation' if where == 'test' else where}_{what}"
        marked.add(own)
        found.setdefault(own, []).append((int(where == "test"), len(words(name)), name, ""))
    held_out = {VALIDATION_LOSS, VALIDATION_ACCURACY} & marked
    for what, columns in bare.items():
        for name in columns:
            own, why = what, ""
            among = {"metrics", "metric"} & set(words(name))
            if what == ACCURACY and VALIDATION_ACCURACY not in marked and (TRAIN_LOSS in marked or among):
                own, why = VALIDATION_ACCURACY, "it is among the metrics" if among else "the training loss is marked"
            elif held_out and f"train_{what}" not in marked:
                own, why = f"train_{what}", "columns of held-out images are marked as such beside it"
            found.setdefault(own, []).append((2, len(words(name)), name, why))
    chosen: dict[str, str] = {}
    guesses: dict[str, str] = {}
    for own, candidates in found.items():
        far, length, name, why = min(candidates)
        equal = sorted(each[2] for each in candidates if each[:2] == (far, length))
        if len(equal) > 1:
            guesses[own] = f"{', '.join(equal)}: each could be the {own.replace('_', ' ')}, so none is taken for it."
            continue
        chosen[own] = name
        if why:
            images = "training" if own.startswith("train") else "held-out images"
            what = ACCURACY if is_accuracy(own) else LOSS
            guesses[own] = f"{name} is taken for the {what} on {images}, because {why}."
    return chosen, guesses


def _measured(held: set[str]) -> str | None:
    """Tell what a name of these words measures: loss, accuracy, a learning rate or seconds; None for anything else."""
    roles = TRAIN | VALIDATION | TEST
    if sum(bool(role & held) for role in (TRAIN, VALIDATION, TEST)) > 1:
        return None
    if ("lr" in held or {"learning", "rate"} <= held) and held <= RATE_FILLING:
        return LEARNING_RATE
    if held & TIME and held <= TIME_FILLING:
        return SECONDS
    if LOSSES & held and {word for word in held if not word.isdigit()} <= LOSS_FILLING | roles:
        return LOSS
    if (ACCURACIES & held or {"top", "1"} <= held) and held <= ACCURACY_FILLING | roles:
        return ACCURACY
    return None
