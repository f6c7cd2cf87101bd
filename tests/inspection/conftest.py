"""The shipped model, loaded once, and encoded pictures of rendered castings."""

import io

import numpy as np
import pytest
from PIL import Image

from casting_core import Inspector
from casting_core.data.synthetic.casting import render_casting, samples


def encoded(pixels: np.ndarray, form: str = "PNG") -> bytes:
    """A picture's bytes in a format that loses nothing (or JPEG)."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form)
    return stream.getvalue()


@pytest.fixture(scope="session")
def inspector() -> Inspector:
    """The shipped default model on the CPU."""
    return Inspector.load(device="cpu")


@pytest.fixture(scope="session")
def pictures() -> list[bytes]:
    """Twelve rendered castings of several sizes and shapes, as PNG."""
    result = [encoded(sample.render().pixels) for sample in samples()[:4]]
    result += [encoded(render_casting(seed=seed, size=200 + 40 * seed, defects="random").pixels) for seed in range(4)]
    result += [encoded(render_casting(seed=seed, size=300).pixels[:, 10:290]) for seed in range(4)]
    return result
