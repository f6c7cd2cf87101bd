"""What the models said of pictures whose label is known, kept for all sessions and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from casting_core.errors import CastingError
from casting_core.evaluation import evaluate, held_out_verdicts, predictions
from casting_core.evaluation.comparison.agreement import ModelPair, agreement
from casting_core.evaluation.comparison.behaviour import Behaviour, behaviour, select
from casting_core.networks.card import CARD, MODELS, SAMPLES, ModelCard, folder_of
from pages.shared import resources, trouble, wording

MAX_MODELS = 8  # whose rows are held in memory, 7 MB each
Key = tuple[str, str, str, tuple[int, ...]]  # name, folder, SHA-256 of the weights, state of the files


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelResults:
    """A model with what it said of its pictures.

    Attributes
    ----------
    key : another one as soon as any file of the model changes.
    card : of the model.
    rows : all pictures that it judged.
    suspects : paths of those whose label is doubted.
    """

    key: Key
    card: ModelCard
    rows: Sequence[held_out_verdicts.HeldOutVerdict]
    suspects: frozenset[str]

    @property
    def name(self) -> str:
        """Of the model's folder."""
        return self.key[0]


@dataclass(frozen=True, kw_only=True, eq=False)
class SelectedResults:
    """A model on the pictures that were chosen: `rows` by path, and all that is drawn of them."""

    known: ModelResults
    rows: dict[str, held_out_verdicts.HeldOutVerdict]
    found: Behaviour

    @property
    def name(self) -> str:
        """Of the model's folder."""
        return self.known.name

    @property
    def title(self) -> str:
        """Its name for Markdown, which takes none of it for markup."""
        return wording.as_it_is(self.name)


def known(model: str) -> ModelResults:
    """Read a shipped model. Raises `ModelError` or `DataError` where its card or its predictions are damaged."""
    card, folder = resources.card(model), folder_of(model, MODELS)
    return _known((model, str(folder), str(card.weights_sha256), _state(folder)))


@st.cache_resource(max_entries=4 * MAX_MODELS, show_spinner=False, hash_funcs={ModelResults: lambda model: model.key})
def shown(model: ModelResults, *, unseen: bool, as_filed: bool) -> SelectedResults:
    """Select castings never seen, or the official test. Raises `DataError` where there are no such pictures."""
    rows = select(model.rows, unseen=unseen, left_out=frozenset() if as_filed else model.suspects)
    return SelectedResults(known=model, rows={each.row.path: each for each in rows}, found=behaviour(rows))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={SelectedResults: lambda model: model.known.key})
def pair(first: SelectedResults, second: SelectedResults, *, unseen: bool, as_filed: bool) -> ModelPair:
    """Compare two models on the pictures that both have judged. Raises `DataError` where there is none.

    `unseen` and `as_filed`: as both were `shown`; with others they are other results.
    """
    one, two = list(first.rows.values()), list(second.rows.values())
    return agreement(
        [each.row for each in one],
        [each.row for each in two],
        first_thresholds=held_out_verdicts.used_thresholds(one),
        second_thresholds=held_out_verdicts.used_thresholds(two),
    )


def usable(models: Sequence[str]) -> list[ModelResults]:
    """Those that can be used; of each of the others the page says why not."""
    found = []
    for model in models:
        try:
            found.append(known(model))
        except CastingError as error:
            complain(model, error)
    return found


def complain(model: str, error: CastingError) -> None:
    """Say on the page why a model is left out."""
    trouble.complain("A model cannot be used and is left out.", f"{model}: {error}")


def _state(folder: Path) -> tuple[int, ...]:
    files = [folder / name for name in (CARD, held_out_verdicts.PREDICTIONS, SAMPLES)]
    found = [file.stat() for file in files if file.is_file()]
    return tuple(number for each in found for number in (each.st_size, each.st_mtime_ns))


@st.cache_resource(max_entries=MAX_MODELS, show_spinner=False)
def _known(key: Key) -> ModelResults:
    name, folder = key[0], Path(key[1])
    card = resources.card(name)
    rows = held_out_verdicts.judge_rows(predictions.read_predictions(folder / held_out_verdicts.PREDICTIONS), card)
    return ModelResults(key=key, card=card, rows=rows, suspects=evaluate.suspects_of(folder))
