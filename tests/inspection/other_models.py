"""Folders of models of every kind, made in seconds: of another product, without a map, with known parts, damaged."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import render_casting
from casting_core.explanation.precedents import build_precedents, write_precedents
from casting_core.inspection import examination
from casting_core.labels import Label
from casting_core.networks import card as cards
from casting_core.networks import checkpoint
from casting_core.networks.card import CARD, DEFAULT, MODELS, ModelCard
from casting_core.networks.castnet import CastNet
from casting_core.networks.figures import Metrics
from casting_core.networks.logistic_regression import LogisticRegression
from casting_core.networks.network import Network

OWN = {
    "grouping": "picture",
    "classes": {"good": "ok", "scratch": "defective"},
    "official": False,
    "notes": ["The labels were guessed."],
}
CLASSES = "good: sound; scratch: defective"
KNOWN = ("train/ok_front/cast_ok_0_1144.jpeg", "scratch/2.png")  # the first is a path of the public set as well


def write_models(folder: Path, pictures: Path) -> None:
    """The shipped default model, and beside it `flanges`, `plates`, `damaged` and `unreadable`.

    `flanges`: an untrained castnet of another product, which marks all of every picture, with two known parts, from
    `pictures`. `plates`: logistic regression of another product. `damaged`: weights that are not the card's.
    `unreadable`: a card that is none.
    """
    (folder / DEFAULT).symlink_to(MODELS / DEFAULT)
    torch.manual_seed(0)
    network = CastNet().eval()
    card = _write(folder, network, "flanges", "castnet", size=96)
    samples = [
        Sample(path=path, split="train", label=label, source=n)
        for n, (path, label) in enumerate(zip(KNOWN, Label, strict=True))
    ]
    for sample in samples:
        file = pictures / sample.path
        file.parent.mkdir(parents=True)
        Image.fromarray(render_casting(seed=sample.source, size=96).pixels).save(file)
    write_precedents(folder / "flanges", build_precedents(network, card, pictures, samples))
    _write(folder, LogisticRegression().eval(), "plates", "logistic_regression", size=64)
    _write(folder, LogisticRegression().eval(), "damaged", "logistic_regression", size=64)
    (folder / "damaged" / checkpoint.WEIGHTS).write_bytes(b"no weights")
    (folder / "unreadable").mkdir()
    (folder / "unreadable" / CARD).write_text("[]")


def _write(folder: Path, network: Network, name: str, architecture: str, *, size: int) -> ModelCard:
    weights = checkpoint.weights_bytes(network)
    own = {"name": name, "architecture": architecture, "input_size": size, "gates": (), "envelope": {}, "data": OWN}
    own |= {"parameters": sum(each.numel() for each in network.parameters()), "metrics": Metrics(), "training": {}}
    own |= {"map_shift": 100.0, "limits": tuple(OWN["notes"]), "weights_sha256": hashlib.sha256(weights).hexdigest()}
    card = replace(cards.read_card(MODELS / DEFAULT), **own)
    checkpoint.save_model(folder / name, weights, card)
    return card


def use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the core find its models in `folder`."""
    monkeypatch.setattr(cards.shipped, "__defaults__", (folder,))
    monkeypatch.setattr(checkpoint.load_model, "__defaults__", (folder,))
    monkeypatch.setattr(examination, "MODELS", folder)
