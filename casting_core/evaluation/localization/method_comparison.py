"""Ways to make a map, measured on the same pictures: the model's own evidence, and class activation maps.

1. Every map is measured as the evidence map is (`localization`): where its strongest place lies, how much of its heat
   lies on defects, how well its pixels are ranked, how strong it gets on sound parts.
2. On some pictures its faithfulness is measured too (`faithfulness`): how far the probability of *defective* falls
   when what it names is removed, and when as much is removed elsewhere.
3. Every map is timed. The evidence map comes with the verdict, so its time is what it adds to that.

Class activation maps are stretched to their own maximum by the package that makes them: they reach 1 on every picture,
sound ones too. That is theirs, and is measured as it is.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from casting_core.data.transforms import to_picture
from casting_core.evaluation.localization.faithfulness import Faithfulness, faithfulness
from casting_core.evaluation.localization.measures import Case, Measured, measure, summarise

if TYPE_CHECKING:
    from torch import Tensor

EVIDENCE = "evidence"  # the name of the model's own map among the methods
KEPT = (  # of the figures of `localization.summarise`
    "pictures",
    "defective_pictures",
    "photographs",
    "peak_on_defect",
    "heat_inside",
    "pixel_auroc",
    "aupro_30",
    "peak_of_sound",
    "sound_without_marked_place",
)
ROUNDS = 2000  # of the bootstrap
HIGHER_IS_BETTER = ("peak_on_defect", "heat_inside", "pixel_auroc", "aupro_30", "drop", "sound_without_marked_place")
LOWER_IS_BETTER = ("milliseconds",)

Draw = Callable[["Tensor"], np.ndarray]  # the network's input (1, 1, h, w) → a map, float32 (h, w) in [0, 1]
Judge = Callable[["Tensor"], "Tensor"]  # inputs (B, 1, h, w) → probabilities of *defective*, (B,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """One picture for all methods.

    `case`: with the evidence map; `inputs`: float32 (1, 1, h, w), what the network sees of it; `seconds`: what the
    evidence map added to the verdict.
    """

    case: Case
    inputs: "Tensor"
    seconds: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """What is kept of one map of one picture; `faithfulness` None where it was not measured."""

    measured: Measured
    seconds: float
    faithfulness: Faithfulness | None


def measure_maps(
    subject: Subject,
    methods: Mapping[str, Draw],
    *,
    judge: Judge | None = None,
    progress: Callable[[], None] | None = None,
) -> dict[str, Drawn]:
    """The evidence map and that of every method, measured on one picture.

    Args:
        subject: the picture. Not changed.
        methods: how each map is made, by name.
        judge: asked for the faithfulness of every map; None leaves that out.
        progress: called after every map.
    """
    case, shape = subject.case, subject.inputs.shape[2:]
    drawn = {}
    for name, draw in {EVIDENCE: None, **methods}.items():
        if draw is None:
            heat, seconds = to_picture(case.heatmap, *shape), subject.seconds
            measured = measure(case)
        else:
            started = time.perf_counter()
            heat = draw(subject.inputs)
            seconds = time.perf_counter() - started
            measured = measure(replace(case, heatmap=to_picture(heat, *case.heatmap.shape)))
        faithful = None if judge is None else faithfulness(judge, subject.inputs, heat)
        drawn[name] = Drawn(measured=measured, seconds=seconds, faithfulness=faithful)
        if progress is not None:
            progress()
    return drawn


def summarise_maps(pictures: Iterable[Mapping[str, Drawn]]) -> dict[str, dict[str, Any]]:
    """The figures of every method, by name, in the order in which methods first appear.

    A method may be missing from some pictures; `pictures` tells on how many it was measured, and `faithful_on` for how
    many of them `drop` and `control_drop` stand. Shares, areas and falls carry 95 % intervals over photographs.
    """
    rows: dict[str, list[Drawn]] = {}
    for picture in pictures:
        for name, drawn in picture.items():
            rows.setdefault(name, []).append(drawn)
    return {name: _row(drawn) for name, drawn in rows.items()}


def winners(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The best method by figure, among those measured on the most pictures; the first of equals."""
    most = max((row["pictures"] for row in figures.values()), default=0)
    complete = {name: row for name, row in figures.items() if row["pictures"] == most}
    best = {}
    for figure in (*HIGHER_IS_BETTER, *LOWER_IS_BETTER):
        values = {name: number for name, row in complete.items() if (number := _number(row[figure])) is not None}
        if values:
            best[figure] = (min if figure in LOWER_IS_BETTER else max)(values, key=values.__getitem__)
    return best


def _number(value: Any) -> float | None:
    if isinstance(value, Mapping):
        return value["share"] if "share" in value else value["value"]
    return None if value is None else float(value)


def _row(drawn: Sequence[Drawn]) -> dict[str, Any]:
    figures = summarise([each.measured for each in drawn])
    tested = [(each.faithfulness, each.measured.photograph) for each in drawn if each.faithfulness is not None]
    source = np.array([photograph for _, photograph in tested], int)
    return {
        **{name: figures[name] for name in KEPT},
        "faithful_on": len(tested),
        "drop": _mean(np.array([each.drop for each, _ in tested]), source),
        "control_drop": _mean(np.array([each.control_drop for each, _ in tested]), source),
        "milliseconds": 1e3 * float(np.median([each.seconds for each in drawn])),
    }


def _mean(values: np.ndarray, source: np.ndarray) -> dict[str, float] | None:
    """Mean with its 95 % interval, bootstrap over photographs; None where there are no values."""
    if not len(values):
        return None
    _, group = np.unique(source, return_inverse=True)
    size = np.bincount(group).astype(float)
    total = np.bincount(group, weights=values)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(size), (ROUNDS, len(size)))
    low, high = np.quantile(total[drawn].sum(1) / size[drawn].sum(1), [0.025, 0.975])
    return {"value": float(values.mean()), "low": float(low), "high": float(high)}
