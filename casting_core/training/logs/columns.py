"""What the columns of other tools' logs are called, and which of ours they are: the one place that knows names.

A name is cut into words: `metrics/accuracy_top1` is metrics, accuracy, top, 1; `valLoss` is val, loss. It is of a kind
of `KINDS` where it has a word of that kind, and all its other words are filling (mean, epoch, …) or, of a loss or an
accuracy, name the images it was measured on (train, val, …). So `train/loss` is a loss, while `train/box_loss`, a part
of one, is nothing.

A name that names no images is taken for training where held-out columns are marked beside it (Keras, Hugging Face), an
accuracy for held-out images where training columns are marked or it stands among `metrics` (fastai, Ultralytics). Both
are guesses, and said to be. Without either it stays `loss` or `accuracy`, of images that are not named. Of two columns
that could equally be one of ours neither is taken.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

TRAIN_LOSS, TRAIN_ACCURACY = "train_loss", "train_accuracy"
VALIDATION_LOSS, VALIDATION_ACCURACY = "validation_loss", "validation_accuracy"
LOSS, ACCURACY = "loss", "accuracy"  # of images that the log does not name
LEARNING_RATE, SECONDS = "learning_rate", "seconds"
CURVES = (TRAIN_LOSS, VALIDATION_LOSS, LOSS, TRAIN_ACCURACY, VALIDATION_ACCURACY, ACCURACY)
EPOCH, STEP = "epoch", "step"
WALL_TIME, SPEED, RUN, IMAGES, KEY, VALUE = "wall time", "speed", "run", "images", "key", "value"


def words(name: str) -> list[str]:
    """Return the words of a column's name, in lower case: letters and numbers apart, `camelCase` cut."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


ROLES = {  # images → the words that name them
    "train": frozenset(words("train training trn learn")),
    "validation": frozenset(words("val valid validation eval evaluation dev")),
    "test": frozenset(words("test testing")),
}
_ANY = frozenset().union(*ROLES.values())
_FILLING = frozenset(words("epoch mean avg average total running metrics metric score"))
RUN_FILLING = frozenset(words("id name k uuid number no idx index cv"))
_KINDS = {  # kind → words of which one is needed, and those that may stand beside it
    EPOCH: ("epoch epochs", ROLES["train"].union(words("number num no idx index current global trainer"))),
    STEP: ("step steps iteration iterations iter", ROLES["train"].union(words("number num current global trainer"))),
    LEARNING_RATE: ("lr learning", _FILLING | ROLES["train"].union(words("rate pg group 0 adam w sgd"))),
    SECONDS: ("time seconds second secs sec duration elapsed", _FILLING | {"s", "in"}),
    LOSS: ("loss logloss mlogloss", _FILLING | _ANY.union(words("binary multi 0 1 2 3 4 5 6 7 8 9"))),
    ACCURACY: ("accuracy acc top", _FILLING | _ANY.union(words("binary categorical sparse multiclass 1 percent pct"))),
    WALL_TIME: ("wall walltime timestamp", {"time"}),  # since 1970
    SPEED: ("images samples", {"per", "second", "sec"}),
    RUN: ("run fold kfold seed trial experiment repeat", RUN_FILLING),  # rows that differ in it are of different runs
    IMAGES: ("phase split stage mode subset set dataset partition", ()),  # on which a row was measured
    KEY: ("key metric tag variant", {"name"}),  # of a table with one figure a row: what it is
    VALUE: ("value", {"metric"}),
}
KINDS = {kind: (frozenset(words(own)), frozenset(words(own)).union(filling)) for kind, (own, filling) in _KINDS.items()}


@lru_cache(4096)
def kind(name: str) -> str:
    """Which of `KINDS` a column is by its name; "" for none, and where it names two kinds of images."""
    held = set(words(name))
    if sum(bool(role & held) for role in ROLES.values()) > 1:
        return ""
    return next((what for what, (own, whole) in KINDS.items() if own & held and held <= whole), "")


def on_images(name: str) -> str:
    """On which images something was measured, of `ROLES`; "" where the name says none, or two."""
    said = [images for images, role in ROLES.items() if role & set(words(name))]
    return said[0] if len(said) == 1 else ""


def is_images(name: str) -> bool:
    """Whether a name is that of images, and says nothing else: of a folder called `validation`, say."""
    return bool(on_images(name)) and len(words(name)) == 1


def is_accuracy(name: str) -> bool:
    """Whether a column holds an accuracy."""
    return kind(name) == ACCURACY


def makes_curve(name: str) -> bool:
    """Whether a column holds a loss or an accuracy."""
    return kind(name) in (LOSS, ACCURACY)


def serves(name: str) -> bool:
    """Whether a column is known, though it makes no curve."""
    return kind(name) not in ("", LOSS, ACCURACY, KEY, VALUE)


def counter(names: Iterable[str], what: str) -> str | None:
    """Name of the column that counts epochs (`EPOCH`) or steps (`STEP`), the plainest; None where there is none."""
    return min((name for name in names if kind(name) == what), key=lambda name: (len(words(name)), name), default=None)


def recognise(names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Find the column of each of our names, and say in a sentence what of it is guessed, both by our name.

    Each of ours has one column at most, the plainest, validation before test; of equally plain ones none.
    """
    own = {}  # name → of ours
    for name in names:
        if (what := kind(name)) in (LOSS, ACCURACY, LEARNING_RATE, SECONDS):
            images = on_images(name).replace("test", "validation") if what in (LOSS, ACCURACY) else ""
            own[name] = f"{images}_{what}" if images else what
    marked, why = set(own.values()), {}
    held_out = marked & {VALIDATION_LOSS, VALIDATION_ACCURACY}
    for name, what in own.items():
        among = not {"metrics", "metric"}.isdisjoint(words(name))
        if what == ACCURACY and VALIDATION_ACCURACY not in marked and (TRAIN_LOSS in marked or among):
            own[name] = VALIDATION_ACCURACY
            reason = "it is among the metrics" if among else "the training loss is marked"
            why[name] = f"on held-out images, because {reason}"
        elif what in (LOSS, ACCURACY) and held_out and f"train_{what}" not in marked:
            own[name] = f"train_{what}"
            why[name] = "on training, because columns of held-out images are marked as such beside it"
    chosen, guesses = {}, {}
    for ours in dict.fromkeys(own.values()):
        ranks = {name: (on_images(name) == "test", len(words(name))) for name, each in own.items() if each == ours}
        least = min(ranks.values())
        best, *others = sorted(name for name, rank in ranks.items() if rank == least)
        if others:
            which = ", ".join([best, *others])
            guesses[ours] = f"{which}: each could be the {ours.replace('_', ' ')}, so none is taken for it."
        else:
            chosen[ours] = best
            if best in why:
                guesses[ours] = f"{best} is taken for the {kind(best)} {why[best]}."
    return chosen, guesses
