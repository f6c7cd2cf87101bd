"""The words of the project: labels of pictures and verdicts on parts.

*Defective* is the positive class everywhere, *ok* the negative one.
"""

from enum import StrEnum


class Label(StrEnum):
    """What the data set says a picture shows."""

    OK = "ok"
    DEFECTIVE = "defective"

    @property
    def positive(self) -> bool:
        """True for the positive class, *defective*."""
        return self is Label.DEFECTIVE


class Verdict(StrEnum):
    """What the inspection says of a part."""

    OK = "ok"
    REVIEW = "review"
    DEFECTIVE = "defective"
    UNUSABLE = "unusable"
