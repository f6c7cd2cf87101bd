"""The plant's figures, asked for once for all pages: what is put in on one stands on the others, and in their links."""

import math
from dataclasses import dataclass

import streamlit as st

from casting_core.evaluation.costs import Plant

CURRENCIES = ("€", "$", "£", "CHF", "¥", "₹", "none")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One number that is asked for.

    Attributes
    ----------
    key
        In the link.
    unit
        Stands in brackets behind the label; `{money}` in it is the currency.
    value
        Where nothing is said; a whole number asks for whole ones.
    least, most, step
        Its range, and what a click adds.
    """

    key: str
    label: str
    unit: str
    value: float
    least: float = 0.0
    most: float = 100.0
    step: float = 1.0


PARTS = (
    Field(key="defects", label="Defective parts", unit="% of all", value=2.0, step=0.1),
    Field(key="parts", label="Parts", unit="a day", value=2000, least=1, most=10_000_000, step=100),
    Field(key="days", label="Working days", unit="a year", value=250, least=1, most=366, step=1),
)
COSTS = (
    Field(key="escape", label="Cost of a missed defect", unit="{money}each", value=150.0, most=1e7, step=10.0),
    Field(key="scrap", label="Cost of a scrapped sound part", unit="{money}each", value=10.0, most=1e7),
    Field(key="hour", label="Cost of a person", unit="{money}an hour", value=40.0, most=1e5),
)
REVIEWS = (
    Field(key="review", label="Time to look at a part again", unit="minutes", value=1.0, most=600.0, step=0.1),
    Field(
        key="reviewers", label="Time that people have for it", unit="minutes a day", value=480, most=100_000, step=30
    ),
)
PEOPLE = (
    Field(key="hand", label="Time to inspect a part by hand", unit="seconds", value=10.0, most=36_000.0),
    Field(key="finds", label="Defective parts that a person finds", unit="%", value=80.0),
    Field(key="passes", label="Sound parts that a person passes", unit="%", value=95.0),
)
ALL = (*PARTS, *COSTS, *REVIEWS, *PEOPLE)
HELP = {
    "defects": "How many of 100 parts that come to inspection have a defect that a customer would refuse.",
    "parts": "Parts that come to inspection on a working day.",
    "days": "Days a year on which parts are inspected.",
    "escape": "All that follows when a defective part reaches a customer: return, replacement, sorting, goodwill.",
    "scrap": "What a sound part is worth at this point.",
    "hour": "With all that comes on top of the wage.",
    "review": "A person’s time for a part that the model sends to them, with fetching and noting.",
    "reviewers": "All people together who can look at parts. One person’s full shift has 480 minutes.",
    "hand": "A person’s time for a part where every part is inspected by hand.",
    "finds": "An assumption. Studies of visual inspection report 70 to 85 of 100; 80 is usual.",
    "passes": "An assumption. There is no usual figure; in one large study people passed 65 of 100.",
}
OLD = {  # key in links until version 0.1 → key, factor to its unit, where people look at 2,000 parts for a minute each
    "missed-cost": ("escape", 1),
    "alarm-cost": ("scrap", 1),
    "review-cost": ("hour", 60),
    "defect-rate": ("defects", 1),
    "capacity": ("reviewers", 20),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for: the plant, the sign of its currency (empty for none), and every number by its key."""

    plant: Plant
    currency: str
    values: dict[str, float]


def ask() -> Asked:
    """Draw the inputs, and give what they say."""
    _read_old_link()
    with st.container(border=True):
        st.markdown("**Your plant**")
        st.caption(
            "Put in your own figures; everything below follows, and the link in the address bar keeps them. They hold "
            "for the thresholds on the page Comparison and for the savings on the page Evidence."
        )
        first, second, third = st.columns(3)
        sign = third.selectbox("Currency", CURRENCIES, key="currency", bind="query-params")
        currency = "" if sign == "none" else sign
        values: dict[str, float] = {}
        for column, fields in ((first, PARTS), (second, COSTS), (third, REVIEWS)):
            with column:
                values |= {field.key: _number(field, currency) for field in fields}
        st.markdown("**How good people are**")
        for column, field in zip(st.columns(3), PEOPLE, strict=True):
            with column:
                values[field.key] = _number(field, currency)
        st.caption(
            "The last two are **assumptions, not measurements**. That people find 80 % of the defective parts is usual "
            "in industry; in a study of 82 inspectors they found 85 %, and rejected 35 % of the sound parts "
            "(J. E. See, Human Factors 57 (8), 2015). That they pass 95 % of the sound ones is kind to people, so that "
            "the model does not win by it. Better measure both in your plant."
        )
    return Asked(plant=plant_of(values), currency=currency, values=values)


def plant_of(values: dict[str, float]) -> Plant:
    """Make a plant of numbers by the keys of their fields."""
    return Plant(
        defect_rate=values["defects"] / 100,
        parts_per_day=values["parts"],
        days_per_year=values["days"],
        missed_defect_cost=values["escape"],
        false_reject_cost=values["scrap"],
        review_minutes=values["review"],
        by_hand_seconds=values["hand"],
        minute_cost=values["hour"] / 60,
        capacity_minutes_per_day=values["reviewers"],
        person_finds=values["finds"] / 100,
        person_passes=values["passes"] / 100,
    )


def unit_of(field: Field, currency: str) -> str:
    """Write the unit of a field, as `€ each`."""
    return field.unit.replace("{money}", f"{currency} " if currency else "")


def money(text: str, currency: str) -> str:
    """Write an amount with its currency for Markdown, in which a dollar sign would begin a formula."""
    sign = currency.replace("$", "\\$")
    return f"{sign} {text}" if sign.isalpha() else f"{sign}{text}"


def _read_old_link() -> None:
    """Give what a link calls by its old key its new one, and begin again."""
    old = [name for name in OLD if name in st.query_params]
    for name in old:
        key, factor = OLD[name]
        try:
            value = factor * float(st.query_params.pop(name))
        except ValueError:
            continue
        if math.isfinite(value) and key not in st.session_state and key not in st.query_params:
            st.query_params[key] = f"{value:g}"
    if old:
        st.rerun()  # a link is read when a run begins


def _number(field: Field, currency: str) -> float:
    least, most, step = (type(field.value)(number) for number in (field.least, field.most, field.step))
    return st.number_input(
        f"{field.label} ({unit_of(field, currency)})".replace("$", "\\$"),
        least,
        most,
        field.value,
        step,
        key=field.key,
        help=HELP[field.key],
        bind="query-params",
    )
