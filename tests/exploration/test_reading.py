"""One pass over pictures: thumbnails, measures, and features in the order of the pictures whatever their shapes."""

import hashlib
import io

import numpy as np
import pytest
import torch
from PIL import Image

from casting_core.data.images import Picture
from casting_core.data.part.finder import find_part
from casting_core.data.part.measures import measure
from casting_core.data.synthetic.casting import render_casting
from casting_core.data.transforms import to_input, to_tensor
from casting_core.exploration import reading
from casting_core.exploration.reading import THUMBNAIL, FeatureExtractor, thumbnail
from casting_core.networks.checkpoint import load_model


def as_picture(pixels: np.ndarray) -> Picture:
    return Picture(pixels=pixels, sha256=hashlib.sha256(pixels.tobytes()).hexdigest())


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("shape", "size"),
    [((256, 256), (128, 128)), ((300, 150), (64, 128)), ((90, 60), (60, 90)), ((1, 1), (1, 1)), ((4, 3000), (128, 1))],
    ids=str,
)
def test_a_thumbnail_is_small_and_of_the_same_proportions(shape: tuple[int, int], size: tuple[int, int]) -> None:
    small = opened(thumbnail(np.full(shape, 77, np.uint8)))
    assert small.format == "JPEG"
    assert small.mode == "L"
    assert small.size == size
    assert max(small.size) <= THUMBNAIL
    assert np.abs(np.asarray(small).astype(int) - 77).max() <= 1


def test_a_thumbnail_shows_the_picture() -> None:
    pixels = render_casting(seed=2, size=256).pixels
    means = pixels.reshape(128, 2, 128, 2).mean((1, 3))
    assert np.abs(np.asarray(opened(thumbnail(pixels))) - means).mean() < 3


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    """Seven castings of three shapes, mixed."""
    shapes = ((96, 96), (70, 96), (96, 60))
    cuts = [tuple(map(slice, shapes[seed % 3])) for seed in range(7)]
    return [render_casting(seed=seed, size=96).pixels[cut] for seed, cut in enumerate(cuts)]


@pytest.mark.parametrize(("batch", "waiting"), [(2, 100), (32, 3), (32, 128)], ids=["small", "crowded", "at the end"])
def test_features_are_those_of_each_picture_alone(
    pictures: list[np.ndarray], monkeypatch: pytest.MonkeyPatch, batch: int, waiting: int
) -> None:
    monkeypatch.setattr(reading, "BATCH", batch)
    monkeypatch.setattr(reading, "MAX_WAITING", waiting)
    monkeypatch.setattr("casting_core.networks.device.choose_device", lambda: torch.device("cpu"))
    monkeypatch.setattr("casting_core.networks.device.fast_dtype", lambda device: torch.float32)
    extractor = FeatureExtractor("castnet")
    most = 0
    for pixels in pictures:
        extractor.add(as_picture(pixels), find_part(pixels))
        most = max(most, sum(map(len, extractor._waiting.values())))
    assert most < waiting
    described = extractor.described()
    network, card = load_model("castnet")
    with torch.inference_mode():
        alone = [network.describe(to_tensor([to_input(pixels, card.input_size)])) for pixels in pictures]
    expected = torch.cat(alone).flatten(1).numpy()
    assert described.shape == expected.shape == (7, 128)
    np.testing.assert_allclose(described, expected, atol=2e-3)
    apart = np.abs(expected[:, None] - expected).max(-1)[~np.eye(7, dtype=bool)]
    assert apart.min() > 0.02  # so that an order that is mixed up would show
    assert (extractor.described() == described).all()  # asked again


def test_measures_and_thumbnails_are_those_of_each_picture(pictures: list[np.ndarray]) -> None:
    extractor = FeatureExtractor("castnet")
    parts = [find_part(pixels) for pixels in pictures]
    for pixels, part in zip(pictures, parts, strict=True):
        extractor.add(as_picture(pixels), part)
    assert list(map(repr, extractor.measures)) == [repr(measure(*both)) for both in zip(pictures, parts, strict=True)]
    assert extractor.thumbnails == [thumbnail(pixels) for pixels in pictures]


@pytest.mark.parametrize("shape", [(1, 1), (5, 3000), (3000, 7)], ids=str)
def test_odd_shapes_are_described_too(shape: tuple[int, int]) -> None:
    extractor = FeatureExtractor("castnet")
    extractor.add(as_picture(np.zeros(shape, np.uint8)), None)
    described = extractor.described()
    assert described.shape == (1, 128)
    assert np.isfinite(described).all()


def test_a_network_without_features_gives_none_but_all_else() -> None:
    extractor = FeatureExtractor("brightness")
    for seed in range(3):
        extractor.add(as_picture(render_casting(seed=seed, size=80).pixels), None)
    assert extractor.described().shape == (3, 0)
    assert len(extractor.measures) == len(extractor.thumbnails) == 3


def test_no_pictures_have_no_features() -> None:
    assert FeatureExtractor("castnet").described().shape == (0, 0)
