"""What an inspection costs: as stated for the thresholds that ship, and in a plant.

What a plant's account assumes, and where its usual figures come from: docs/methods.md, "Savings".
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from casting_core.errors import SettingsError

PASS, REVIEW, REJECT = np.eye(3)  # shares of the verdicts, float (3,), where all parts get the same one
LARGEST = 1e12  # of any amount: beyond it lies a slip of the keyboard


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What each outcome costs, in any one unit, where a person who reviews a part is always right.

    `review_capacity` is the largest share of parts that can be reviewed.
    """

    missed_defect: float = 50.0
    false_alarm: float = 1.0
    review: float = 0.1
    review_capacity: float = 0.02

    def by_verdict(self) -> np.ndarray:
        """Cost of a part, float (2, 3): sound and defective parts by pass, review and reject."""
        return np.array([[0.0, self.review, self.false_alarm], [self.missed_defect, self.review, 0.0]])


@dataclass(frozen=True, kw_only=True)
class Plant:
    """A plant's figures: its parts, what they cost, and who looks at them.

    Attributes
    ----------
    defect_rate
        Share of parts that are defective, in [0, 1].
    parts_per_day, days_per_year
        Above 0; at most 366 days.
    missed_defect_cost, false_reject_cost
        Money per part, in any one currency.
    review_minutes
        A person's time for a part that the model sends to them, or that they look at a second time.
    by_hand_seconds
        A person's time for a part where every part is inspected by hand.
    minute_cost
        Money per minute of that person.
    capacity_minutes_per_day
        Time of all reviewers together.
    person_finds, person_passes
        Shares of the defective parts that a person finds and of the sound parts that a person passes, in [0, 1].

    Raises
    ------
    SettingsError
        For anything else.
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
                limits = f"above 0 and at most {top:g}" if above else f"from 0 to {top:g}"
                raise SettingsError(f"{name} must be a number {limits}, got {value!r}.")

    @property
    def parts_per_year(self) -> float:
        """Parts per year."""
        return self.parts_per_day * self.days_per_year

    @property
    def by_hand(self) -> "Plant":
        """The same plant where a look takes as long as inspecting a part by hand."""
        return replace(self, review_minutes=self.by_hand_seconds / 60)

    def costs(self) -> Costs:
        """Give what thresholds are chosen by; a review costs the person's time alone."""
        minutes = self.parts_per_day * self.review_minutes  # if every part were reviewed
        return Costs(
            missed_defect=self.missed_defect_cost,
            false_alarm=self.false_reject_cost,
            review=self.review_minutes * self.minute_cost,
            review_capacity=min(1.0, self.capacity_minutes_per_day / minutes) if minutes else 1.0,
        )

    def by_verdict(self) -> np.ndarray:
        """Cost of a part, float (2, 3): sound and defective parts by pass, review and reject.

        A review costs the person's time, and what their errors cost.
        """
        table = self.costs().by_verdict()
        table[0, 1] += (1 - self.person_passes) * self.false_reject_cost
        table[1, 1] += (1 - self.person_finds) * self.missed_defect_cost
        return table

    def cost(self, *, sound: np.ndarray, defective: np.ndarray) -> np.ndarray:
        """Expect this cost of a part, float (…), of the shares of pass, review and reject per label, float (…, 3)."""
        by_sound, by_defective = self.by_verdict()
        return (1 - self.defect_rate) * (sound @ by_sound) + self.defect_rate * (defective @ by_defective)
