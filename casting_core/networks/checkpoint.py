"""A shipped model on disk: weights as safetensors beside the card that says what they are (`networks.card`).

The card holds the SHA-256 of the weights; weights with another hash are refused. Nothing is
unpickled. Both files are written to temporary names and then put in place, weights first.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from casting_core.data.files import write_atomically
from casting_core.errors import ModelError
from casting_core.networks.card import CARD, MODELS, ModelCard, folder_of, read_card
from casting_core.networks.network import Network
from casting_core.networks.registry import architecture

WEIGHTS = "weights.safetensors"


def load_model(name: str, folder: Path = MODELS) -> tuple[Network, ModelCard]:
    """Load the network of a model folder in evaluation mode, float32 on the CPU, and its card.

    Raises `ModelError` where a file is missing, the weights are not the card's, or do not fit the network.
    """
    home = folder_of(name, folder)
    card, file = read_card(home), home / WEIGHTS
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
    """Return the weights as the content of a safetensors file."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()})


def save_model(folder: Path, weights: bytes, card: ModelCard) -> None:
    """Write weights and card into a model folder. Raises `ModelError` where the card is of other weights."""
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise ModelError("The card's hash is not that of the weights; make the card from these weights.")
    write_atomically(folder / WEIGHTS, weights)
    write_atomically(folder / CARD, card.to_json().encode())


def add_metrics(folder: Path, name: str, figures: Any) -> None:
    """Put figures into the card of a model folder, in place of those of before; `name`: a field of `Metrics`."""
    card = read_card(folder)
    try:
        metrics = replace(card.metrics, **{name: figures})
        write_atomically(folder / CARD, replace(card, metrics=metrics).to_json().encode())
    except OSError as error:
        raise ModelError(f"{folder / CARD} cannot be written ({error}); it is as it was. Free some space.") from error
