"""A plant's figures in the words of somebody who runs it: what each way gives, saves and needs."""

import math
from collections.abc import Callable

from casting_core.charts.overlay import percent
from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Plant
from casting_core.evaluation.plant.results import Advantage, BreakEven, Totals, Way, Worth
from casting_core.evaluation.plant.rounding import rounded, rounded_amount
from pages.shared.plant_form import money

WAYS = {  # way → title, how it works
    "model": ("The model", "It passes and rejects by itself; a person looks at the parts that it is unsure of."),
    "second_look": (
        "The model, and a second look",
        "As before, and a person also looks at every part that it rejects before that is scrapped.",
    ),
    "by_hand": ("By hand", "A person looks at every part."),
    "uninspected": ("No inspection", "Every part is shipped."),
}
FIGURES = {  # figure → title, unit
    "escapes": ("Defective parts shipped", "parts"),
    "false_rejects": ("Sound parts scrapped", "parts"),
    "reviews": ("Looks by a person", "parts"),
    "review_hours": ("Hours of a person", "hours"),
    "cost": ("Cost of all that", "money"),
}
SURE = 0.995  # of the draws, from which on it is told as nearly all


def lines(totals: Totals, currency: str) -> str:
    """All figures of a way, one a line, as Markdown."""
    told = []
    for name, (title, _) in FIGURES.items():
        value = rounded(getattr(totals, name), money=name == "cost")
        shown = money(value.value, currency) if name == "cost" else value.value
        between = f"  \n:small[between {value.low} and {value.high}]" if value.low else ""
        told.append(f"{title}: **{shown}**{between}")
    return "\n\n".join(told)


def saving(advantage: Advantage, first: str, second: str, currency: str) -> str:
    """Say what one way saves a year against another."""
    found = advantage.per_year
    low, high = found.span
    if found.value == low == high == 0:
        return f"{first} and {second} cost the same."
    if low > 0:
        amount, between = _amount(found, currency)
        return f"{first} **saves {amount} a year** against {second}{between}."
    if high < 0:
        amount, between = _amount(Estimate(value=-found.value, low=-high, high=-low), currency)
        return f"{first} **costs {amount} a year more** than {second}{between}."
    most, least = (money(rounded_amount(end), currency) for end in (high, -low))
    return (
        f"Against {second}, {first[0].lower() + first[1:]} **may save up to {most} a year, or cost up to {least} "
        "more**: the measurements cannot say which."
    )


def _amount(estimate: Estimate, currency: str) -> tuple[str, str]:
    """Write an amount of money, and its range in brackets, where it has one."""
    text = rounded(estimate, money=True)
    between = f" (between {money(text.low, currency)} and {money(text.high, currency)})" if text.low else ""
    return money(text.value, currency), between


def sureness(advantage: Advantage) -> str:
    """Say how sure that is, as far as chance goes: `in 93 of 100 cases`; nothing where both ways cost the same."""
    share, found = advantage.cheaper_in, advantage.per_year
    if math.isnan(share) or found.span == (0, 0):
        return ""
    if share >= SURE:
        return "in nearly all of 100 cases"
    if share <= 1 - SURE:
        return "in hardly any of 100 cases"
    return f"in {100 * share:.0f} of 100 cases"


def capacity(way: Way, plant: Plant) -> tuple[bool, str]:
    """Whether the people suffice, even if it comes badly; and that in a sentence."""
    told = rounded(way.minutes_per_day)
    have = f"{plant.capacity_minutes_per_day:,.0f}"
    need = f"It takes people {told.value} minutes a day{f' ({told.range})' if told.low else ''}; there are {have}."
    if way.enough_at_worst:
        return True, f"{need} That is enough."
    if way.enough:
        return False, f"{need} That is enough as counted, but **may not be** at the upper end."
    return False, f"{need} **That is not enough.**"


def precision(found: Worth) -> str:
    """Of 100 rejected parts, how many are really defective."""
    share = found.precision
    if share is None:
        return "The model rejects no part at all."
    low, high = (f"{100 * end:.0f}" for end in share.span)
    between = f" (between {low} and {high})" if low != high else ""
    return f"Of 100 parts that the model rejects, about **{100 * share.value:.0f} are really defective**{between}"


def break_even(advantage: Advantage, first: str, second: str, plant: Plant, currency: str) -> list[str]:
    """Where two ways cost the same, by defect rate and by the cost of a missed defect; a sentence each."""
    if advantage.per_year.value == 0:
        return [f"{first} and {second.lower()} cost the same with these figures."]
    cheaper = first if advantage.per_year.value > 0 else second

    def percent_of_all(share: float) -> str:
        return f"{100 * share:.3g} %"

    def amount(value: float) -> str:
        return money(rounded_amount(value), currency)

    def sentence(even: BreakEven | None, everywhere: str, of: str, text: Callable[[float], str], own: float) -> str:
        if even is None:
            return f"**{cheaper}** is the cheaper one {everywhere}, all else as above."
        below, above = (first, second) if even.first_cheaper_below else (second, first)
        return (
            f"They cost the same at {text(even.at)} {of}: **{below}** is the cheaper one below that, **{above}** above "
            f"it (you have {text(own)})."
        )

    by_rate, by_cost = advantage.break_even_defect_rate, advantage.break_even_missed_defect_cost
    return [
        sentence(by_rate, "at every defect rate", "defective parts", percent_of_all, plant.defect_rate),
        sentence(by_cost, "whatever a missed defect costs", "for a missed defect", amount, plant.missed_defect_cost),
    ]


def second_look_warning(found: Worth, plant: Plant) -> str | None:
    """Where a second look ships more defective parts than without: why; None where it does not."""
    with_look, without = found.second_look.per_year.escapes, found.model.per_year.escapes
    if not with_look.value > without.value:
        return None
    return (
        f"**A second look lets more defects out.** People find only {percent(plant.person_finds)} of the "
        f"defective parts that they are shown, so they put some back that the model had stopped: "
        f"{rounded(with_look).value} defective parts are shipped a year instead of {rounded(without).value}. It saves "
        "sound parts from the scrap, so it pays where a sound part is dear and a missed defect is cheap."
    )
