"""What a model's figures cannot say, in words for its card."""

from collections.abc import Mapping
from typing import Any

from casting_core.networks.registry import architecture

PUBLIC = (
    "Knows one product, the impeller of a submersible pump seen from above, from 131 source photographs, "
    "of which only 17 show sound parts.",
    "The official test split shows how well known photographs are recalled: 98.9 % of its pictures are "
    "rotated, mirrored or stretched copies of training pictures. What holds for castings never seen is by_source.",
    "57 % of the pictures are defective, and no plant is: at another defect rate the share of true among "
    "flagged parts is another.",
    "The public data set is listed under CC BY-NC-ND 4.0: before a business uses weights trained on it, it has to "
    "settle that with the owner of the data.",
)
OWN = (
    "Figures come from the pictures that it was trained with and their photographs held out; another camera, light or "
    "product was never tested.",
    "The share of defective pictures is that of the folder it was trained on; at another defect rate the share of true "
    "among flagged parts is another.",
)


def limitations(network: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the limits of a network trained on data that is described as a run's `data.json` does."""
    known, grouping = architecture(network), data.get("grouping")
    if grouping == "table":
        return (*PUBLIC, *known.limits, *known.map_limits)
    return (*OWN, *(known.map_limits if grouping == "part" else ()), *data.get("notes", ()))
