"""An inspector of castings never seen: the network that was fitted without a fold, calibrated by the other folds."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from casting_core.data.images import decode
from casting_core.data.samples import Sample, evenly_spaced_indices, read_provenance
from casting_core.errors import DataError, ModelError
from casting_core.evaluation.evaluate import calibrate_map, evaluate, suspects_of
from casting_core.evaluation.predictions import BY_SOURCE, read_peaks, read_predictions
from casting_core.inspection.inspector import Inspector
from casting_core.labels import Label
from casting_core.networks.card import read_card
from casting_core.networks.device import choose_device
from casting_core.networks.registry import architecture


def held_out(folder: Path, fold: int, *, device: str | None = None) -> Inspector:
    """Return the inspector for the pictures of a by-source fold, from the folder of a shipped model.

    Weights, calibration, thresholds and the map's scale come from the other folds alone, as for the card's figures by
    source. The bounds of the gates are the card's: they are measured on all photographs of the training split.

    Raises `ModelError` where the folder holds no weights of that fold, or altered ones.
    """
    from safetensors.torch import load

    card, name = read_card(folder), f"folds/{fold}.safetensors"
    known = card.training.get("folds", {})
    if name not in known:
        raise ModelError(
            f"The model {card.name} ships no weights that were fitted without fold {fold}; there are: "
            f"{', '.join(sorted(known)) or 'none'}. Choose a model that has them, such as castnet."
        )
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise ModelError(f"The weights {folder / name} cannot be read ({error.strerror}); restore them.") from error
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != known[name]:
        raise ModelError(f"{folder / name} is not the file that its card describes; it was altered: restore it.")
    suspects = suspects_of(folder)
    rows = [row for row in read_predictions(folder / "predictions.csv") if row.split != f"{BY_SOURCE}{fold}"]
    others = evaluate(rows, suspects, calibrated_on=card.calibrated_on or None, fit_shift=card.recentred)
    scale = calibrate_map(rows, read_peaks(folder / "peaks.csv"), suspects)
    network = architecture(card.architecture).build()
    network.load_state_dict(load(content))
    return Inspector(
        network.eval(),
        replace(
            card,
            weights_sha256=sha256,
            temperature=others.calibration.temperature,
            shift=others.calibration.shift,
            threshold_pass=others.point.threshold_pass,
            threshold_reject=others.point.threshold_reject,
            map_temperature=scale.temperature,
            map_shift=scale.shift,
        ),
        device=choose_device(device),
    )


class FoldInspectors(dict[int, Inspector]):
    """Inspectors by fold (`held_out`), each made when it is first asked for."""

    def __init__(self, folder: Path, device: str | None = None) -> None:
        super().__init__()
        self.folder, self.device = folder, device

    def __missing__(self, fold: int) -> Inspector:
        self[fold] = held_out(self.folder, fold, device=self.device)
        return self[fold]


def public_samples() -> list[Sample]:
    """Return the facts of the public set's pictures: photograph, fold, label, doubt."""
    return read_provenance()


def chosen(samples: Iterable[Sample], each: Mapping[Label, int]) -> list[tuple[Sample, int]]:
    """Choose pictures of every photograph, evenly spaced, none whose label is doubted; with the number of each.

    `each`: by label, how many of a photograph at most; the number is that among those of its photograph.
    """
    groups: dict[tuple[int, Label], list[Sample]] = {}
    for sample in samples:
        if sample.label in each and not sample.suspect:
            groups.setdefault((sample.source, sample.label), []).append(sample)
    return [
        (members[place], number)
        for (_, label), members in sorted(groups.items())
        for number, place in enumerate(evenly_spaced_indices(len(members), each[label]))
    ]


def pixels_of(root: Path, sample: Sample) -> np.ndarray:
    """Return a picture of the public set at `root`, uint8 (H, W). Raises `DataError` where it is missing."""
    file = root / sample.path
    if not file.is_file():
        raise DataError(f"{file} is missing: the folder does not hold the whole public set. Get it with: data fetch")
    return decode(file).pixels
