"""Which classes of a data set are the defective ones, told by the names of their folders.

Only a dozen words count that mean one thing everywhere; a negation beside them leaves a name open. What remains open
is an error that asks for the answer: a wrong guess would teach a network the opposite of what is meant.
"""

import re
from collections.abc import Sequence

from casting_core.errors import DataError
from casting_core.labels import Label

SOUND_WORDS = frozenset(("ok", "good", "sound", "normal", "io"))
DEFECT_WORDS = frozenset(("def", "defect", "defects", "defective", "bad", "ng", "nok", "nio", "reject", "fehlerhaft"))
NEGATIONS = frozenset(("not", "no", "non", "without", "free", "nicht", "kein", "keine", "ohne", "frei"))


def recognise(name: str) -> Label | None:
    """Tell what a class is by its name alone; None where the name does not say, or says both.

    >>> recognise("def_front"), recognise("0_good"), recognise("no_defects"), recognise("castings")
    (<Label.DEFECTIVE: 'defective'>, <Label.OK: 'ok'>, None, None)
    """
    words = set(re.findall(r"[^\W\d_]+", name.casefold()))
    sound, defective = words & SOUND_WORDS, words & DEFECT_WORDS
    if words & NEGATIONS or bool(sound) is bool(defective):
        return None
    return Label.OK if sound else Label.DEFECTIVE


def assign_labels(names: Sequence[str], defective: Sequence[str] | None = None) -> tuple[dict[str, Label], str]:
    """Return the label of every class, and a sentence that says why.

    Parameters
    ----------
    names : the classes, at least two, each once whatever the case of its letters.
    defective : the defective ones, by name, whatever the case; all others are sound. When None, guessed:
        one class recognised as sound makes all others defective; several of them need the
        others to be recognised as defective; and beside a single defective class a single other is sound.

    Raises `DataError` where a name given is unknown, where nothing or everything is defective, or where
    the names do not say which class is.
    """
    if defective:
        return _as_told(names, defective)
    guess = {name: recognise(name) for name in names}
    sound = [name for name in names if guess[name] is Label.OK]
    faulty = [name for name in names if guess[name] is Label.DEFECTIVE]
    unknown = [name for name in names if guess[name] is None]
    if len(sound) == 1 and (faulty or unknown):
        bad = faulty + unknown
    elif sound and faulty and not unknown:
        bad = faulty
    elif not sound and len(faulty) == 1 and len(unknown) == 1:
        sound, bad = unknown, faulty
    else:
        raise DataError(
            f"The names of the classes do not say which of them is defective: {_listed(names)}. "
            f"Say it with --defective NAME, once for each defective class, such as --defective {names[0]!r}."
        )
    return _labels(names, bad), (
        f"Guessed from the names: {_listed(sorted(bad))} {'is' if len(bad) == 1 else 'are'} defective, "
        f"{_listed(sorted(sound))} {'is' if len(sound) == 1 else 'are'} sound. "
        "If that is wrong, say it with --defective NAME."
    )


def _as_told(names: Sequence[str], defective: Sequence[str]) -> tuple[dict[str, Label], str]:
    wanted = {name.strip().strip("/").casefold() for name in defective}
    strangers = sorted(wanted - {name.casefold() for name in names})
    if strangers:
        raise DataError(
            f"There is no class named {_listed(strangers)}. The classes are the sub-folders: {_listed(names)}."
        )
    if len(wanted) == len(names):
        raise DataError(
            f"All classes were named as defective: {_listed(names)}. At least one must be sound; leave it out."
        )
    bad = [name for name in names if name.casefold() in wanted]
    sound = [name for name in names if name not in bad]
    return _labels(names, bad), f"As told: {_listed(bad)} counts as defective, {_listed(sound)} as sound."


def _labels(names: Sequence[str], defective: Sequence[str]) -> dict[str, Label]:
    return {name: Label.DEFECTIVE if name in defective else Label.OK for name in names}


def _listed(names: Sequence[str]) -> str:
    """Names in one line; at most ten of them."""
    rest = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + rest
