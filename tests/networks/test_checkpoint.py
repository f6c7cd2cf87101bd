"""A model folder: what was saved is loaded, and what was altered is refused."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from casting_core.errors import ModelError
from casting_core.networks.card import MODELS, ModelCard, shipped
from casting_core.networks.castnet import CastNet
from casting_core.networks.checkpoint import load_model, save_model, weights_bytes
from casting_core.networks.registry import ARCHITECTURES, architecture


@pytest.fixture
def model(tmp_path: Path, card: ModelCard) -> tuple[Path, CastNet, ModelCard]:
    torch.manual_seed(0)
    network = CastNet().eval()
    weights = weights_bytes(network)
    card = replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    save_model(tmp_path / "castnet", weights, card)
    return tmp_path, network, card


def test_a_saved_model_is_loaded_as_it_was(model: tuple[Path, CastNet, ModelCard]):
    folder, network, card = model
    loaded, read = load_model("castnet", folder)
    assert read == card
    x = torch.rand(2, 1, 64, 64)
    with torch.inference_mode():
        assert torch.equal(loaded(x), network(x))


def test_altered_truncated_and_missing_weights_are_refused(model: tuple[Path, CastNet, ModelCard]):
    folder = model[0]
    weights = folder / "castnet" / "weights.safetensors"
    content = weights.read_bytes()
    for wrong in (content[:-1] + bytes([content[-1] ^ 1]), content[:1000], b""):
        weights.write_bytes(wrong)
        with pytest.raises(ModelError, match="altered or damaged"):
            load_model("castnet", folder)
    weights.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        load_model("castnet", folder)


def test_weights_of_another_network_are_refused_even_with_their_own_hash(model: tuple[Path, CastNet, ModelCard]):
    folder, _, card = model
    weights = weights_bytes(torch.nn.Linear(2, 2))
    save_model(folder / "castnet", weights, replace(card, weights_sha256=hashlib.sha256(weights).hexdigest()))
    with pytest.raises(ModelError, match="do not fit"):
        load_model("castnet", folder)


def test_a_card_of_other_weights_is_never_written(model: tuple[Path, CastNet, ModelCard]):
    folder, _, card = model
    with pytest.raises(ModelError, match="hash"):
        save_model(folder / "castnet", b"other", card)
    load_model("castnet", folder)


def test_the_registry_knows_what_is_shipped():
    assert "castnet" in shipped()
    for name in shipped():
        loaded, card = load_model(name)
        assert architecture(card.architecture).name in ARCHITECTURES
        layer = architecture(card.architecture).heatmap_layer
        assert layer is None or layer in dict(loaded.named_modules())
        assert (MODELS / name / "weights.safetensors").stat().st_size <= 12 * 1000 * 1000
