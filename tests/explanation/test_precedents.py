"""Precedents: distances by hand, what may be read beside which weights, and how good the shipped ones are."""

import dataclasses
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from casting_core.data.images import decode
from casting_core.data.samples import Sample, read_provenance
from casting_core.data.synthetic.casting import Rendered, render_casting
from casting_core.data.transforms import to_input, to_tensor
from casting_core.errors import DataError, ModelError
from casting_core.explanation.precedents import (
    PRECEDENTS,
    Known,
    Precedents,
    build_precedents,
    choose,
    describe,
    read_precedents,
    write_precedents,
)
from casting_core.labels import Label
from casting_core.networks.card import DEFAULT, MODELS, ModelCard, read_card
from casting_core.networks.castnet import CastNet
from casting_core.networks.checkpoint import load_model
from casting_core.networks.logistic_regression import LogisticRegression
from casting_core.networks.network import Network
from casting_core.system.json_records import to_json


def known(name: str, source: int, label: Label) -> Known:
    return Known(path=f"train/x/{name}.png", source=source, label=label, probability=0.5)


PLANE = Precedents(
    weights_sha256="0" * 64,
    known=(
        *(known("a", 1, Label.DEFECTIVE), known("b", 1, Label.DEFECTIVE), known("c", 2, Label.DEFECTIVE)),
        *(known("d", 3, Label.OK), known("e", -1, Label.OK), known("f", -1, Label.OK)),
    ),
    descriptors=np.array([[1, 0], [0.8, 0.6], [0, 1], [0.6, 0.8], [-1, 0], [0, -1]], np.float16),
    centre=np.array([[1.0, 2.0]], np.float32),
    whitening=np.diag([0.5, 1.0]).astype(np.float32)[None],
)  # features of two numbers, so that angles can be read off


def test_nearest_of_each_class_by_hand():
    """Features (5, 2) lie (4, 0) off the centre: the descriptor is (1, 0)."""
    found = PLANE.nearest(np.array([[5.0, 2.0]]))
    assert [p.path[-5] for p in found[Label.DEFECTIVE]] == ["a", "c"]  # b shows the photograph of a
    assert [p.path[-5] for p in found[Label.OK]] == ["d", "f", "e"]  # unknown sources are photographs of their own
    similarity = [p.similarity for label in (Label.DEFECTIVE, Label.OK) for p in found[label]]
    assert similarity == pytest.approx([1, 0, 0.6, 0, -1], abs=1e-3)


def test_whitening_decides_what_is_near():
    """(3, 4) is (2, 2) off the centre: half of the first axis makes that (1, 2), scaled to one (0.447, 0.894)."""
    expected = [0.447, 0.8 * 0.447 + 0.6 * 0.894, 0.894, 0.6 * 0.447 + 0.8 * 0.894, -0.447, -0.894]
    assert PLANE.similarity(np.array([[3.0, 4.0]])) == pytest.approx(expected, abs=2e-3)


def test_the_own_photograph_can_be_left_out():
    found = PLANE.nearest(np.array([[5.0, 2.0]]), count=1, without=1)
    assert [p.path[-5] for p in found[Label.DEFECTIVE]] == ["c"]
    everything = PLANE.nearest(np.array([[5.0, 2.0]]), without=-1)  # unknown: nothing is left out
    assert everything == PLANE.nearest(np.array([[5.0, 2.0]]))


def test_a_class_that_is_not_known_has_no_precedents():
    only = replace(PLANE, known=PLANE.known[:3], descriptors=PLANE.descriptors[:3])
    found = only.nearest(np.array([[5.0, 2.0]]))
    assert (found[Label.OK], len(found[Label.DEFECTIVE])) == ((), 2)


def test_features_at_the_centre_are_like_nothing():
    assert (PLANE.similarity(PLANE.centre) == 0).all()


def test_a_precedent_as_strict_json():
    first = PLANE.nearest(np.array([[5.0, 2.0]]))[Label.DEFECTIVE][0]
    values = json.loads(json.dumps(to_json(first), allow_nan=False))
    assert values == {
        "path": "train/x/a.png", "source": 1, "label": "defective", "probability": 0.5, "similarity": 1.0,
    }  # fmt: skip
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.similarity = 0.0


def samples_of(count: int, source: int, label: Label = Label.OK, *, suspect: bool = False) -> list[Sample]:
    return [
        Sample(path=f"train/{source}/{n:02}.png", split="train", label=label, source=source, suspect=suspect)
        for n in range(count)
    ]


def test_three_of_every_photograph_and_none_that_is_doubted():
    chosen = choose(samples_of(9, 0) + samples_of(2, 1, Label.DEFECTIVE) + samples_of(4, 2, suspect=True))
    assert [s.path for s in chosen] == [f"train/{p}.png" for p in ("0/00", "0/04", "0/08", "1/00", "1/01")]
    assert choose(chosen[::-1]) == chosen  # the order given does not matter


def test_pictures_of_unknown_photographs_are_bounded():
    chosen = choose(samples_of(2000, -1) + samples_of(7, -1, Label.DEFECTIVE))
    assert Counter(s.label for s in chosen) == {Label.OK: 500, Label.DEFECTIVE: 7}


@pytest.fixture(scope="module")
def network() -> Network:
    """The shipped network; features of an untrained one hardly differ from picture to picture."""
    return load_model(DEFAULT)[0]


@pytest.fixture
def card() -> ModelCard:
    return replace(read_card(MODELS / DEFAULT), input_size=96, weights_sha256="a" * 64)


@pytest.fixture
def folder(castings: tuple[Rendered, ...], samples: tuple[Sample, ...], tmp_path: Path) -> Path:
    """The rendered castings as a data root."""
    for casting, sample in zip(castings, samples, strict=True):
        (tmp_path / sample.path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(casting.pixels).save(tmp_path / sample.path)
    return tmp_path


def view(pixels: np.ndarray, size: int = 96) -> Tensor:
    return to_tensor([to_input(pixels, size)])


def test_built_written_and_read(network: Network, card: ModelCard, folder: Path, samples: tuple[Sample, ...]):
    told: list[tuple[int, int]] = []
    built = build_precedents(network, card, folder, samples, lambda done, total: told.append((done, total)))
    assert built is not None
    assert told == [(n, 6) for n in range(1, 7)]
    write_precedents(folder, built)
    content = (folder / PRECEDENTS).read_bytes()
    write_precedents(folder, built)
    assert (folder / PRECEDENTS).read_bytes() == content
    read = read_precedents(folder, card)
    assert read.known == built.known
    for sample in samples:
        features = describe(network, view(decode(folder / sample.path).pixels))
        assert features is not None
        nearest = read.nearest(features)[sample.label]
        assert nearest[0].path == sample.path
        assert nearest[0].similarity == pytest.approx(1, abs=2e-3)  # half precision
        with torch.inference_mode():
            logit = float(network(view(decode(folder / sample.path).pixels)))
        expected = 1 / (1 + np.exp(-(logit + card.shift) / card.temperature))
        assert nearest[0].probability == pytest.approx(expected, abs=1e-4)


def test_whitened_features_are_centred_and_alike_in_all_directions(
    network: Network, card: ModelCard, folder: Path, samples: tuple[Sample, ...]
):
    built = build_precedents(network, card, folder, samples)
    assert built is not None
    features = np.stack([describe(network, view(decode(folder / s.path).pixels)) for s in samples])  # (6, 2, 64)
    np.testing.assert_allclose(features.mean(0), built.centre, atol=1e-3)
    white = np.einsum("nkc,kcd->nkd", features - built.centre, built.whitening)
    for each in np.moveaxis(white, 1, 0):  # (6, 64)
        strengths = np.linalg.svd(each, compute_uv=False)[:2] ** 2 / len(each)
        assert strengths.max() < 1.01  # of variance 1 at most, as the floor takes a little away
        assert strengths.max() > 0.9


def test_other_weights_and_damage_are_refused(
    network: Network, card: ModelCard, folder: Path, samples: tuple[Sample, ...]
):
    assert read_precedents(folder, card) is None
    write_precedents(folder, build_precedents(network, card, folder, samples))
    with pytest.raises(ModelError, match="other weights"):
        read_precedents(folder, replace(card, weights_sha256="b" * 64))
    file = folder / PRECEDENTS
    content = file.read_bytes()
    for damaged in (b"", content[:100], content[:-10], b"\x00" * 64):
        file.write_bytes(damaged)
        with pytest.raises(ModelError, match="cannot be read"):
            read_precedents(folder, card)
    write_precedents(folder, replace(PLANE, weights_sha256=card.weights_sha256, known=PLANE.known[:4]))
    with pytest.raises(ModelError, match=r"expected descriptors of shape \(4, 2\)"):
        read_precedents(folder, card)


def test_no_features_no_precedents(card: ModelCard, folder: Path, samples: tuple[Sample, ...]):
    """Logistic regression has none; those of a model before it are taken away."""
    network = LogisticRegression().eval()
    assert describe(network, view(np.zeros((96, 96), np.uint8))) is None
    built = build_precedents(network, card, folder, samples)
    assert built is None
    write_precedents(folder, replace(PLANE, weights_sha256=card.weights_sha256))
    write_precedents(folder, built)
    assert read_precedents(folder, card) is None


def test_nothing_known_is_an_error(network: Network, card: ModelCard, folder: Path):
    with pytest.raises(DataError, match="at least one"):
        build_precedents(network, card, folder, samples_of(2, 0, suspect=True))


def test_a_turned_or_mirrored_picture_is_the_same_picture(network: Network):
    inputs = view(render_casting(seed=15, size=160, defects="random").pixels[:, 16:], 160)  # not square
    upright = describe(network, inputs)
    for turned in (torch.rot90(inputs, 1, (2, 3)), inputs.flip(2), torch.rot90(inputs.flip(3), 3, (2, 3))):
        np.testing.assert_allclose(describe(network, turned), upright, rtol=1e-4, atol=1e-4)


def test_castnet_describes_by_the_mean_of_all_and_of_the_strongest_places(network: Network):
    """64 × 64 has 64 places, of which one percent is one."""
    assert isinstance(network, CastNet)
    x = torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        described, features, evidence = network.describe(x), network.features(x), network.evidence(x)
    assert described.shape == (2, 2, 64)
    for one, places, strength in zip(described, features.flatten(2), evidence.flatten(1), strict=True):
        torch.testing.assert_close(one[0], places.mean(1))
        torch.testing.assert_close(one[1], places[:, strength.argmax()])


def test_the_shipped_ones_are_of_the_shipped_weights_and_tell_the_classes_apart():
    """Leaving out every picture's own photograph, the nearest five vote for its label."""
    shipped = read_precedents(MODELS / DEFAULT, read_card(MODELS / DEFAULT))
    assert shipped is not None
    facts = {s.path: s for s in read_provenance()}
    for each in shipped.known:
        fact = facts[each.path]
        assert (fact.split, fact.suspect) == ("train", False)  # never a picture that the figures are made on
        assert (fact.label, fact.source) == (each.label, each.source)
    assert (MODELS / DEFAULT / PRECEDENTS).stat().st_size < 300_000
    source = np.array([each.source for each in shipped.known])
    assert max(Counter(source.tolist()).values()) <= 3
    positive = np.array([each.label.positive for each in shipped.known])
    descriptors = shipped.descriptors.astype(np.float32)
    similarity = np.where(source[:, None] == source, -2.0, descriptors @ descriptors.T)
    votes = positive[np.argsort(-similarity, axis=1)[:, :5]].mean(1) > 0.5
    for label in (False, True):  # far more photographs are defective: each class must be found on its own
        assert (votes == positive)[positive == label].mean() >= 0.9


def test_real_pictures_lie_near_castings_of_their_class(data_root: Path):
    """Pictures of the train split that are no precedents, their own photograph left out: a loose bound."""
    network, card = load_model(DEFAULT)
    shipped = read_precedents(MODELS / DEFAULT, card)
    paths = {each.path for each in shipped.known}
    fresh = [s for s in read_provenance() if s.split == "train" and not s.suspect and s.path not in paths]
    for label in Label:
        asked = [s for s in fresh if s.label is label]
        right = 0
        for sample in asked[:: len(asked) // 12][:12]:
            features = describe(network, view(decode(data_root / sample.path).pixels, card.input_size))
            assert features is not None
            found = shipped.nearest(features, count=1, without=sample.source)
            assert all(p.source != sample.source for each in found.values() for p in each)
            right += max((p for each in found.values() for p in each), key=lambda p: p.similarity).label is label
        assert right >= 10
