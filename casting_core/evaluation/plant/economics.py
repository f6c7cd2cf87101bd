"""What the inspection is worth in a plant: escapes, false rejects, work and money, beside doing it by hand.

1. From castings never seen: how often each verdict falls on defective and on sound parts (`verdict_rates`), with what
   chance allows. These rates are taken to be the plant's; its share of defective parts is not the set's, so each label
   counts by the plant's defect rate.
2. Four ways to inspect are worked out with them: the model, where a person looks at what it sends to review and what
   it rejects is scrapped (`model`); the model, where a person looks at what it rejects as well (`second_look`); a
   person looks at every part (`by_hand`); nobody does (`uninspected`).
3. A person is right as often on a part that the model doubts as on any other, at their own rates, which are taken for
   exact. Doubted parts are likely to be the harder ones: measure it, where it matters.
4. An escape costs what a missed defect costs, a false reject what a sound part is worth, a person their minutes. A
   defective part that is found is lost in any case, and so in no way's account. Nor is what cameras and computers cost:
   a year's saving is what they may. Work beyond the reviewers' capacity is paid for like any other, but said.

How good people are: J. E. See, "Visual Inspection: A Review of the Literature", SAND2012-8590, 2012, a review of 212
documents, quotes errors of 20 to 30 % as usual across tasks (after C. G. Drury and J. G. Fox, "Human Reliability in
Quality Control", 1975), and fewer defects found the longer one looks and the rarer they are. J. E. See, "Visual
Inspection Reliability for Precision Manufactured Parts", Human Factors 57 (8), 2015: 82 inspectors found 85 % of the
defective parts, where 80 % is usual in industry, and rejected 35 % of the sound ones. So `person_finds` is 80 % where
nothing is said. For sound parts there is no usual figure; 95 % is an assumption, and a kind one, so that the model does
not win by it. A plant had better measure both.
"""

import math
from dataclasses import dataclass, fields

import numpy as np

from casting_core.errors import SettingsError
from casting_core.evaluation.plant.results import Advantage, BreakEven, Estimate, Totals, Way, Worth
from casting_core.evaluation.plant.verdict_rates import VerdictRates

LARGEST = 1e12  # of any amount: beyond it lies a slip of the keyboard


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A plant's figures. Money is in any one currency.

    `defect_rate`: share of parts that are defective, in [0, 1]. `parts_per_day`, `days_per_year` above 0, days at most
    366. `missed_defect_cost`, `false_reject_cost`: money, a part. `review_minutes`: a person's, a part that the model
    sends to them or that they look at a second time. `by_hand_seconds`: a person's, a part, where every part is
    inspected by hand. `minute_cost`: money, a minute of that person. `capacity_minutes_per_day`: of all reviewers
    together. `person_finds`: share of the defective parts that a person finds, `person_passes`: share of the sound
    parts that a person passes, both in [0, 1].

    Raises `SettingsError` for anything else.
    """

    defect_rate: float
    parts_per_day: float
    days_per_year: float
    missed_defect_cost: float
    false_reject_cost: float
    review_minutes: float
    by_hand_seconds: float
    minute_cost: float
    capacity_minutes_per_day: float
    person_finds: float = 0.80
    person_passes: float = 0.95

    def __post_init__(self) -> None:
        most = {"defect_rate": 1.0, "person_finds": 1.0, "person_passes": 1.0, "days_per_year": 366.0}
        for name in (field.name for field in fields(self)):
            value, top = getattr(self, name), most.get(name, LARGEST)
            above = name in ("parts_per_day", "days_per_year")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value <= top or (above and value == 0):
                raise SettingsError(
                    f"{name} must be a number {'above' if above else 'from'} 0{' and' if above else ''} "
                    f"{'at most' if above else 'to'} {top:g}, got {value!r}."
                )

    @property
    def parts_per_year(self) -> float:
        """Parts, a year."""
        return self.parts_per_day * self.days_per_year


@dataclass(frozen=True, kw_only=True, eq=False)
class _Outcomes:
    """Shares of the parts of one label that turn out wrong or are looked at, each float (1 + R,), and minutes a look.

    `wrong`: escapes among the defective, false rejects among the sound.
    """

    wrong: np.ndarray
    looks: np.ndarray
    minutes: float

    def cost(self, plant: Plant, wrong_cost: float) -> np.ndarray:
        """Money, a part of this label."""
        return wrong_cost * self.wrong + plant.minute_cost * self.minutes * self.looks


def compare_inspection_methods(rates: VerdictRates, plant: Plant) -> Worth:
    """Work out all four ways for a plant from the rates of castings never seen (`verdict_rates.measure_rates`)."""
    misses, scraps = 1 - plant.person_finds, 1 - plant.person_passes
    (d_ok, d_review, d_reject), (_, s_review, s_reject) = rates.defective.T, rates.sound.T
    review, by_hand = plant.review_minutes, plant.by_hand_seconds / 60
    all_parts = np.ones(len(d_ok))
    ways = {
        "model": (
            _Outcomes(wrong=d_ok + d_review * misses, looks=d_review, minutes=review),
            _Outcomes(wrong=s_reject + s_review * scraps, looks=s_review, minutes=review),
        ),
        "second_look": (
            _Outcomes(wrong=d_ok + (d_review + d_reject) * misses, looks=d_review + d_reject, minutes=review),
            _Outcomes(wrong=(s_review + s_reject) * scraps, looks=s_review + s_reject, minutes=review),
        ),
        "by_hand": (
            _Outcomes(wrong=misses * all_parts, looks=all_parts, minutes=by_hand),
            _Outcomes(wrong=scraps * all_parts, looks=all_parts, minutes=by_hand),
        ),
        "uninspected": (
            _Outcomes(wrong=all_parts, looks=0 * all_parts, minutes=0.0),
            _Outcomes(wrong=0 * all_parts, looks=0 * all_parts, minutes=0.0),
        ),
    }
    rejected_defective = plant.defect_rate * d_reject
    rejected = rejected_defective + (1 - plant.defect_rate) * s_reject
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = rejected_defective / rejected
    return Worth(
        **{name: _way(*outcomes, plant) for name, outcomes in ways.items()},
        model_over_by_hand=_advantage(ways["model"], ways["by_hand"], plant),
        second_look_over_by_hand=_advantage(ways["second_look"], ways["by_hand"], plant),
        model_over_uninspected=_advantage(ways["model"], ways["uninspected"], plant),
        precision=None if math.isnan(precision[0]) else Estimate.of(precision),
    )


def _way(defective: _Outcomes, sound: _Outcomes, plant: Plant) -> Way:
    rate = plant.defect_rate
    looks = rate * defective.looks + (1 - rate) * sound.looks
    each = {  # of one part
        "escapes": Estimate.of(rate * defective.wrong),
        "false_rejects": Estimate.of((1 - rate) * sound.wrong),
        "reviews": Estimate.of(looks),
        "review_hours": Estimate.of(looks * defective.minutes / 60),
        "cost": Estimate.of(_cost(defective, sound, plant)),
    }
    minutes = each["review_hours"].times(60 * plant.parts_per_day)
    capacity = plant.capacity_minutes_per_day * (1 + 1e-9)
    return Way(
        per_10_000=Totals(**{name: figure.times(10_000) for name, figure in each.items()}),
        per_year=Totals(**{name: figure.times(plant.parts_per_year) for name, figure in each.items()}),
        minutes_per_day=minutes,
        enough=minutes.value <= capacity,
        enough_at_worst=minutes.high <= capacity,
    )


def _cost(defective: _Outcomes, sound: _Outcomes, plant: Plant) -> np.ndarray:
    """Money, a part of the plant, float (1 + R,)."""
    rate = plant.defect_rate
    cost = rate * defective.cost(plant, plant.missed_defect_cost)
    return cost + (1 - rate) * sound.cost(plant, plant.false_reject_cost)


def _advantage(first: tuple[_Outcomes, _Outcomes], second: tuple[_Outcomes, _Outcomes], plant: Plant) -> Advantage:
    saved = _cost(*second, plant) - _cost(*first, plant)  # (1 + R,), money, a part
    each = Estimate.of(saved)
    # the cost of a way is linear in the defect rate, and in the cost of a missed defect
    sound = _gap(*(way[1].cost(plant, plant.false_reject_cost) for way in (first, second)))
    defective, but_escapes = (
        _gap(*(way[0].cost(plant, cost) for way in (first, second))) for cost in (plant.missed_defect_cost, 0.0)
    )
    escapes = plant.defect_rate * _gap(first[0].wrong, second[0].wrong)
    free = plant.defect_rate * but_escapes + (1 - plant.defect_rate) * sound  # were an escape to cost nothing
    drawn = saved[1:][~np.isnan(saved[1:])]
    return Advantage(
        per_10_000=each.times(10_000),
        per_year=each.times(plant.parts_per_year),
        cheaper_in=float((drawn > 0).mean()) if len(drawn) else math.nan,
        break_even_defect_rate=_break_even(sound, defective - sound, most=1.0),
        break_even_missed_defect_cost=_break_even(free, escapes, most=LARGEST),
    )


def _gap(first: np.ndarray, second: np.ndarray) -> float:
    """How much more the first is, as counted; 0 where it is no more than a rounding."""
    one, other = float(first[0]), float(second[0])
    return 0.0 if math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-15) else one - other


def _break_even(at_zero: float, slope: float, *, most: float) -> BreakEven | None:
    """Where the first way's extra cost, `at_zero` + `slope` x, is 0 for an x from 0 to `most`."""
    if slope == 0 or not 0 <= -at_zero / slope <= most:
        return None
    return BreakEven(at=-at_zero / slope, first_cheaper_below=slope > 0)
