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
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from casting_core.data.transforms import to_picture
from casting_core.evaluation.localization.faithfulness import Faithfulness, faithfulness
from casting_core.evaluation.localization.measures import Case, Measured, measure, summarise
from casting_core.evaluation.statistics.bootstrap import mean_interval
from casting_core.networks.localization_figures import LocalizationFigures, MethodFigures

if TYPE_CHECKING:
    from torch import Tensor

EVIDENCE = "evidence"  # the name of the model's own map among the methods
KEPT = [each.name for each in fields(MethodFigures) if each.name in LocalizationFigures.__dataclass_fields__]
HIGHER_IS_BETTER = ("peak_on_defect", "heat_inside", "pixel_auroc", "aupro_30", "drop", "sound_without_marked_place")
LOWER_IS_BETTER = ("milliseconds",)

Draw = Callable[["Tensor"], np.ndarray]  # the network's input (1, 1, h, w) → a map, float32 (h, w) in [0, 1]
Judge = Callable[["Tensor"], "Tensor"]  # inputs (B, 1, h, w) → probabilities of *defective*, (B,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """One picture for all methods.

    Attributes
    ----------
    case : with the evidence map.
    inputs : float32 (1, 1, h, w), what the network sees of it.
    seconds : what the evidence map added to the verdict.
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
    """Return the evidence map and that of every method, measured on one picture.

    Parameters
    ----------
    subject : the picture. Not changed.
    methods : how each map is made, by name.
    judge : asked for the faithfulness of every map; None leaves that out.
    progress : called after every map.
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


def summarise_maps(pictures: Iterable[Mapping[str, Drawn]]) -> dict[str, MethodFigures]:
    """Return the figures of every method, by name, in the order in which methods first appear.

    A method may be missing from some pictures. Shares, areas and falls carry 95 % intervals over photographs.
    """
    rows: dict[str, list[Drawn]] = {}
    for picture in pictures:
        for name, drawn in picture.items():
            rows.setdefault(name, []).append(drawn)
    return {name: _row(drawn) for name, drawn in rows.items()}


def winners(figures: Mapping[str, MethodFigures]) -> dict[str, str]:
    """Return the best method by figure, among those measured on the most pictures; the first of equals."""
    most = max((row.pictures for row in figures.values()), default=0)
    complete = {name: row for name, row in figures.items() if row.pictures == most}
    best = {}
    for figure in (*HIGHER_IS_BETTER, *LOWER_IS_BETTER):
        found = {name: getattr(row, figure) for name, row in complete.items()}
        values = {name: getattr(each, "value", each) for name, each in found.items() if each is not None}
        if values:
            best[figure] = (min if figure in LOWER_IS_BETTER else max)(values, key=values.__getitem__)
    return best


def _row(drawn: Sequence[Drawn]) -> MethodFigures:
    figures = summarise([each.measured for each in drawn])
    tested = [(each.faithfulness, each.measured.photograph) for each in drawn if each.faithfulness is not None]
    source = np.array([photograph for _, photograph in tested], int)
    return MethodFigures(
        **{name: getattr(figures, name) for name in KEPT},
        faithful_on=len(tested),
        drop=mean_interval(np.array([each.drop for each, _ in tested]), source),
        control_drop=mean_interval(np.array([each.control_drop for each, _ in tested]), source),
        milliseconds=1e3 * float(np.median([each.seconds for each in drawn])),
    )
