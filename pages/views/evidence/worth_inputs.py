"""The plant's figures, asked for one by one; each is in the page's link, so that a link opens the same account."""

from dataclasses import dataclass

import streamlit as st

from casting_core.evaluation.plant.economics import Plant

CURRENCIES = ("€", "$", "£", "CHF", "¥", "₹", "none")
CURRENCY = "currency"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One number that is asked for.

    `key`: in the link. `unit`: stands in brackets behind the label; `{money}` in it is the currency. `value`: where
    nothing is said; a whole number asks for whole ones. `least`, `most`: its range. `told`: a sentence on what it is.
    """

    key: str
    label: str
    unit: str
    value: float
    most: float
    step: float
    told: str
    least: float = 0


PLANT = (
    Field(
        key="defects", label="Defective parts", unit="% of all", value=2.0, most=100.0, step=0.1, least=0.0,
        told="How many of 100 parts that come to inspection have a defect that a customer would refuse.",
    ),
    Field(
        key="parts", label="Parts", unit="a day", value=2000, most=10_000_000, step=100, least=1,
        told="Parts that come to inspection on a working day.",
    ),
    Field(
        key="days", label="Working days", unit="a year", value=250, most=366, step=1, least=1,
        told="Days a year on which parts are inspected.",
    ),
)  # fmt: skip
COSTS = (
    Field(
        key="escape", label="Cost of a missed defect", unit="{money}each", value=150.0, most=1e7, step=10.0, least=0.0,
        told="All that follows when a defective part reaches a customer: return, replacement, sorting, goodwill.",
    ),
    Field(
        key="scrap", label="Cost of a scrapped sound part", unit="{money}each", value=10.0, most=1e7, step=1.0,
        least=0.0, told="What a sound part is worth at this point.",
    ),
    Field(
        key="hour", label="Cost of a person", unit="{money}an hour", value=40.0, most=1e5, step=1.0, least=0.0,
        told="With all that comes on top of the wage.",
    ),
)  # fmt: skip
REVIEWS = (
    Field(
        key="review", label="Time to look at a part again", unit="minutes", value=1.0, most=600.0, step=0.1, least=0.0,
        told="A person’s time for a part that the model sends to them, with fetching and noting.",
    ),
    Field(
        key="reviewers", label="Time that people have for it", unit="minutes a day", value=480, most=100_000, step=30,
        told="All people together who can look at parts. One person’s full shift has 480 minutes.",
    ),
)  # fmt: skip
PEOPLE = (
    Field(
        key="hand", label="Time to inspect a part by hand", unit="seconds", value=10.0, most=36_000.0, step=1.0,
        least=0.0, told="A person’s time for a part where every part is inspected by hand.",
    ),
    Field(
        key="finds", label="Defective parts that a person finds", unit="%", value=80.0, most=100.0, step=1.0, least=0.0,
        told="An assumption. Studies of visual inspection report 70 to 85 of 100; 80 is usual.",
    ),
    Field(
        key="passes", label="Sound parts that a person passes", unit="%", value=95.0, most=100.0, step=1.0, least=0.0,
        told="An assumption. There is no usual figure; in one large study people passed 65 of 100.",
    ),
)  # fmt: skip
ALL = (*PLANT, *COSTS, *REVIEWS, *PEOPLE)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for: the plant, the sign of its currency (empty for none), and every number by the key of its
    field."""

    plant: Plant
    currency: str
    values: dict[str, float]


def ask() -> Asked:
    """Draw the inputs, and give what they say."""
    with st.container(border=True):
        st.markdown("**Your plant**")
        st.caption("Put in your own figures; everything below follows, and the link in the address bar keeps them.")
        first, second, third = st.columns(3)
        with third:
            sign = st.selectbox("Currency", CURRENCIES, key=CURRENCY, bind="query-params")
        currency = "" if sign == "none" else sign
        values = {}
        for column, fields in ((first, PLANT), (second, COSTS), (third, REVIEWS)):
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
    """The plant of these numbers, by the keys of their fields."""
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
    """The unit of a field, as `€ each`."""
    return field.unit.replace("{money}", f"{currency} " if currency else "")


def _number(field: Field, currency: str) -> float:
    unit = unit_of(field, currency).replace("$", "\\$")
    return st.number_input(
        f"{field.label} ({unit})",
        field.least,
        field.most,
        field.value,
        field.step,
        key=field.key,
        help=field.told,
        bind="query-params",
    )
