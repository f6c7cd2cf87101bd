"""A shipped model: weights as safetensors, and a card that says what they are and how good.

The card holds the SHA-256 of the weights; weights with another hash are refused. Nothing is
unpickled. Both files are written to temporary names and then put in place, weights first.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from casting_core.data.files import write_atomically
from casting_core.errors import ModelError
from casting_core.networks.registry import MODELS, architecture

WEIGHTS, CARD = "weights.safetensors", "card.json"


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """What a model is, how it was made and what it reaches.

    The calibrated probability of *defective* is sigmoid((logit + `shift`) / `temperature`).
    `gates` names what a picture must have for a verdict without a person (`part`: the part is found).
    `metrics`: by split, every figure with its interval where it has one.
    """

    name: str
    architecture: str
    parameters: int
    input_size: int  # px, short side
    preprocessing: str
    gates: tuple[str, ...]
    weights_sha256: str
    temperature: float
    shift: float
    threshold_pass: float
    threshold_reject: float
    training: dict[str, Any] = field(default_factory=dict)
    data_fingerprint: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.threshold_pass <= self.threshold_reject <= 1:
            raise ModelError(
                "Thresholds must satisfy 0 <= pass <= reject <= 1, "
                f"got pass {self.threshold_pass} and reject {self.threshold_reject}."
            )
        if self.temperature <= 0:
            raise ModelError(f"The temperature must be above 0, got {self.temperature}.")

    def to_json(self) -> str:
        """The text of `card.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_card(folder: Path) -> ModelCard:
    """Read `card.json` of a model folder. Raises `ModelError` where it is missing or of another form."""
    file = folder / CARD
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        known = {f.name for f in fields(ModelCard)}
        if not isinstance(values, dict) or not set(values) <= known:
            raise ModelError(f"{file} is not a model card of this version.")
        return ModelCard(**{**values, "gates": tuple(values["gates"]), "limits": tuple(values["limits"])})
    except FileNotFoundError as error:
        names = sorted(p.parent.name for p in folder.parent.glob(f"*/{CARD}"))
        raise ModelError(
            f"There is no model {folder.name!r} in {folder.parent}; there are: {', '.join(names) or 'none'}."
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{file} cannot be read as a model card ({error}); restore it or train anew.") from error


def load_model(name: str, folder: Path = MODELS) -> tuple[nn.Module, ModelCard]:
    """The network of a model folder in evaluation mode, float32 on the CPU, and its card.

    Raises `ModelError` where a file is missing, the weights are not the card's, or do not fit the network.
    """
    card = read_card(folder / name)
    file = folder / name / WEIGHTS
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelError(f"The weights {file} cannot be read ({error.strerror}); restore them.") from error
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != card.weights_sha256:
        raise ModelError(
            f"{file} is not the file that its card describes (SHA-256 {sha256[:12]}…, "
            f"expected {card.weights_sha256[:12]}…). It was altered or damaged: restore it."
        )
    network = architecture(card.architecture).build()
    try:
        network.load_state_dict(load(content))
    except (RuntimeError, SafetensorError, ValueError) as error:
        raise ModelError(f"The weights {file} do not fit the network {card.architecture}: {error}.") from error
    return network.eval(), card


def weights_bytes(network: nn.Module) -> bytes:
    """The weights as the content of a safetensors file."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()})


def save_model(folder: Path, weights: bytes, card: ModelCard) -> None:
    """Write weights and card into a model folder. Raises `ModelError` where the card is of other weights."""
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise ModelError("The card's hash is not that of the weights; make the card from these weights.")
    write_atomically(folder / WEIGHTS, weights)
    write_atomically(folder / CARD, card.to_json().encode())
