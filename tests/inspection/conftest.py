"""The shipped model, loaded once, and encoded pictures of rendered castings."""

import pytest

from casting_core import Inspector
from casting_core.data.synthetic.casting import render_casting, samples
from tests.factories import encoded


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
