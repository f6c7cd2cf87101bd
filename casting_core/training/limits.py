"""What a model's figures cannot say, in words for its card."""

from typing import Any

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
CASTNET = (
    "No weight, temperature or threshold was fitted on the official test, but the design was not blind to it: earlier "
    "official runs and rules for calibration and thresholds were looked at on it before this one was settled. Its "
    "official figures are therefore somewhat flattered.",
    "The design was chosen on by-source fold 3: six variants of decoys, learning rate and epochs were compared there, "
    "after an earlier design had mistaken the reflections of two of its sound castings for defects. An earlier design "
    "was settled on folds 0 to 2. The figures by source are cross-fitted, but not blind to these choices.",
    "Fine scratches look much like the rays of light that turned metal throws, and the network has learned to pass "
    "those: on rendered castings many scratches are passed (metrics.rendered.found_by_kind).",
    "Grain (noise) is what shakes it most: no check of the picture notices it, and from about three gray levels on "
    "more defects are missed (metrics.robustness). A dark spot on a sound part is taken for a defect.",
    "The smallest defects seen (metrics.detectability) were measured on drawn defects, by the same program that draws "
    "those in training; real ones may be harder.",
    "Rendered castings are judged after their defects were made larger, nearer to those of the second capture; of "
    "the smaller ones before, more were missed.",
    "The second capture decided between designs: ways to augment, to pool, and features with and without a cap were "
    "compared on its 119 photographs. Its figures are somewhat flattered too; nothing was fitted on it.",
)
MAP = ("The evidence map is trained with inserted defects; it points at places, it does not measure defects.",)
STUDY = (
    "Trained as a published study reports it, without augmentation or balance: it stands here to be compared with, "
    "not to inspect parts.",
)
FLOOR = (
    "Sees nothing of a picture but its mean brightness: it is the floor that any model has to be read beside, "
    "not a way to inspect parts.",
)
OWN = (
    "Figures come from the pictures that it was trained with and their photographs held out; another camera, light or "
    "product was never tested.",
    "The share of defective pictures is that of the folder it was trained on; at another defect rate the share of true "
    "among flagged parts is another.",
)


def limitations(model: str, data: dict[str, Any]) -> tuple[str, ...]:
    """The limits of a network trained on data that is described as a run's `data.json` does."""
    if data.get("grouping") != "table":
        notes = tuple(data.get("notes", ()))
        return (*OWN, *(MAP if model == "castnet" and data.get("grouping") == "part" else ()), *notes)
    if model == "castnet":
        return (*PUBLIC, *CASTNET, *MAP)
    return (*PUBLIC, *(FLOOR if model == "brightness" else STUDY))
