"""The pictures of a data set as a table: what is filed, what was measured, and what a model says of each.

What a model says of a picture counts as a judgement of a part never seen wherever there is one: for the sets that it
was trained on, the predictions of the by-source folds that ship with it, in which every picture was judged by a model
that had not seen its photograph; for any other set, its verdicts in the index.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from casting_core.data.collection.class_names import assign_labels
from casting_core.data.collection.collection import divide
from casting_core.data.samples import FOLDERS, Sample, read_provenance
from casting_core.data.splits import mark_doubted, split_folds
from casting_core.errors import DataError
from casting_core.evaluation.held_out_verdicts import PREDICTIONS, HeldOutVerdict, judged
from casting_core.evaluation.predictions import read_predictions
from casting_core.exploration.index_file import Index
from casting_core.labels import Label, Verdict
from casting_core.networks.card import DEFAULT, MODELS, folder_of, read_card, shipped
from casting_core.networks.thresholds import Thresholds

MIN_COVERED = 0.5  # of the pictures that a model's predictions must name to be of this set


class Outcome(StrEnum):
    """What became of a picture: its verdict beside its label."""

    CORRECT = "correct"
    MISSED = "missed defect"
    FALSE_ALARM = "false alarm"
    REVIEW = "sent to review"
    UNUSABLE = "no verdict"
    UNKNOWN = "not judged"


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """A data set as far as it is known.

    `index`: None where the pictures are not at hand and only the shipped facts are known. `public`: whether it is the
    public set. `classes`: label by name of folder; None where the names do not say which are defective, and
    `question` says why. `model`: whose judgement it holds, None where none judged; `thresholds`: pass and reject of
    that model; `unseen`: whether it had never seen the castings that it judged. `notes`: sentences.

    `rows`, one a picture: `path`, `file` (its name), `split`, `name` (of the class), `label` (empty where unknown),
    `source`, `fold`, `suspect`, `sha256`; where there is an index also `width`, `height`, `size`, the measures of
    `data.part.measures`, `kinds` (of defects, as the set itself tells) and `typical` (cosine to the mean of its class);
    `probability`, `verdict`, `outcome` and `hardness` (probability of the wrong label), NaN or empty where not judged.
    """

    index: Index | None
    public: bool
    classes: Mapping[str, Label] | None
    question: str | None
    rows: pd.DataFrame
    model: str | None
    thresholds: Thresholds | None
    unseen: bool
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 by path."""
        return dict(zip(self.rows["path"], self.rows["sha256"], strict=True))

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of a picture in `rows`, by path."""
        return {path: place for place, path in enumerate(self.rows["path"])}


def models_for(index: Index | None, public: bool) -> list[str]:
    """Return the shipped models that have judged this set, the default first."""
    paths = None if index is None else set(index.paths)
    found = []
    for model in shipped():
        card = read_card(folder_of(model, MODELS))
        if public and card.on_public_set:
            found.append(model)
        elif not public and paths is not None and not card.on_public_set:
            told = {row.path for row in read_predictions(folder_of(model, MODELS) / PREDICTIONS)}
            if len(told & paths) >= MIN_COVERED * len(paths):
                found.append(model)
    if not public and index is not None and any(index.verdicts):
        found.insert(0, index.model)
    return found


def public_facts(model: str | None = DEFAULT) -> Table:
    """Return the public set without its pictures: the shipped table of provenance, and the predictions of a model."""
    return _table(None, read_provenance(), dict(_PUBLIC), None, model, ())


_PUBLIC = {folder: label for label, folder in FOLDERS.items()}


def make_table(
    index: Index, *, public: bool, defective: Sequence[str] | None = None, model: str | None = None
) -> Table:
    """Return the table of an indexed set.

    Parameters
    ----------
    public : whether the set is the public one, whose facts ship.
    defective : names of the defective classes; guessed when None.
    model : one of `models_for`; None where nothing is judged.
    """
    if public:
        known = {sample.path: sample for sample in read_provenance()}
        return _table(index, [known[path] for path in index.paths], dict(_PUBLIC), None, model, index.notes)
    try:
        classes, why = assign_labels(index.classes, defective)
    except DataError as error:
        classes, why = {}, str(error)
    filed = zip(index.paths, index.splits, index.names, index.sha256, index.source, strict=True)
    samples = [
        Sample(path=path, split=split, label=classes.get(name, Label.OK), sha256=sha, source=int(source))
        for path, split, name, sha, source in filed
    ]
    if not classes:
        return _table(index, samples, None, why, model, index.notes)
    samples, doubts = mark_doubted(samples)
    samples, _, divided = divide(samples)
    samples, _, few = split_folds(samples)
    return _table(index, samples, classes, None, model, (*index.notes, why, *doubts, *divided, *few))


def _table(
    index: Index | None,
    samples: Sequence[Sample],
    classes: Mapping[str, Label] | None,
    question: str | None,
    model: str | None,
    notes: Sequence[str],
) -> Table:
    public = index is None or index.grouping == "table"
    names = [s.path.split("/")[1] for s in samples] if index is None else index.names
    rows = pd.DataFrame(
        {
            "path": [s.path for s in samples],
            "file": [PurePosixPath(s.path).name for s in samples],
            "split": [s.split for s in samples],
            "name": list(names),
            "label": ["" if classes is None else str(s.label) for s in samples],
            **{name: [getattr(s, name) for s in samples] for name in ("source", "fold", "suspect", "sha256")},
        }
    )
    if index is not None:
        rows = rows.assign(width=index.width, height=index.height, size=index.size, **index.measures)
        rows["kinds"] = defect_kinds(index.root, index.paths)
    probability, verdicts, thresholds, unseen = _judgement(index, public, [s.path for s in samples], model)
    rows["probability"] = probability
    rows["verdict"] = verdicts
    rows["outcome"] = [str(outcome(v, label)) for v, label in zip(verdicts, rows["label"], strict=True)]
    positive = (rows["label"] == str(Label.DEFECTIVE)).to_numpy()
    rows["hardness"] = np.where(rows["label"] == "", np.nan, np.where(positive, 1 - probability, probability))
    if index is not None:
        rows["typical"] = _typical(index.features, rows["name"].to_numpy())
    texts = [name for name in rows if pd.api.types.is_string_dtype(rows[name])]
    rows = rows.astype(dict.fromkeys(texts, object))  # plain texts: Arrow's are slow to go through one by one
    return Table(
        index=index,
        public=public,
        classes=classes,
        question=question,
        rows=rows,
        model=model,
        thresholds=thresholds,
        unseen=unseen,
        notes=tuple(notes),
    )


def outcome(verdict: str, label: str) -> Outcome:
    """Tell what a verdict means beside the label; both may be empty, for unknown."""
    if not verdict or not label:
        return Outcome.UNKNOWN
    if verdict == label:
        return Outcome.CORRECT
    undecided: dict[str, Outcome] = {Verdict.UNUSABLE: Outcome.UNUSABLE, Verdict.REVIEW: Outcome.REVIEW}
    return undecided.get(verdict, Outcome.MISSED if label == Label.DEFECTIVE else Outcome.FALSE_ALARM)


def _judgement(
    index: Index | None, public: bool, paths: Sequence[str], model: str | None
) -> tuple[np.ndarray, list[str], Thresholds | None, bool]:
    """Probability float64 (N,) and verdict of every picture, the thresholds, and whether its castings were unseen."""
    probability, verdicts = np.full(len(paths), np.nan), [""] * len(paths)
    if model is None:
        return probability, verdicts, None, False
    card = read_card(folder_of(model, MODELS))
    limits = card.thresholds
    if index is not None and not public and model == index.model and card.on_public_set:
        return index.probability.astype(np.float64), list(index.verdicts), limits, True
    told: dict[str, HeldOutVerdict] = {}
    for each in judged(model):
        if each.unseen or each.row.path not in told:
            told[each.row.path] = each
    for place, path in enumerate(paths):
        if path in told:
            probability[place] = told[path].row.probability
            verdicts[place] = str(told[path].verdict)
    return probability, verdicts, limits, any(each.unseen for each in told.values())


def defect_kinds(root: Path, paths: Sequence[str]) -> list[str]:
    """Return the kinds of defects of every picture, as `blow hole, scratch`, by `defects.csv`; empty without one."""
    kinds: dict[str, dict[str, None]] = defaultdict(dict)  # in the order of the table, each once
    try:
        with (root / "defects.csv").open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                kinds[str(row["path"])][str(row["kind"]).replace("_", " ")] = None
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        return [""] * len(paths)
    return [", ".join(kinds.get(path, ())) for path in paths]


def _typical(features: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Cosine of every picture's features to the mean of its class, float64 (N,) in [-1, 1]."""
    result = np.full(len(features), np.nan)
    for name in np.unique(names):
        mine = names == name
        mean = features[mine].mean(0)
        norm = float(np.linalg.norm(mean))
        if norm > 1e-6:
            result[mine] = features[mine] @ (mean / norm)
    return result
