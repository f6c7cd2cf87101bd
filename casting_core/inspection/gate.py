"""Gates: what a picture must have for a verdict without a person."""

from casting_core.data.part import Part

PART = "part"


def review_reason(gates: tuple[str, ...], part: Part | None) -> str | None:
    """Why a picture needs a person whatever the model says, in words; None where it does not."""
    if PART in gates and part is None:
        return (
            "No casting of the kind that the model knows was found in this picture. "
            "Photograph the part from above, whole and in focus."
        )
    return None
