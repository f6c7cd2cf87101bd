"""The table of activation maps: each with its class in the package, its words and where it was published."""

import pytest
import pytorch_grad_cam

from casting_core.explanation.methods import DEFAULT_METHOD, METHODS


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_in_the_package_and_says_what_it_shows(name: str) -> None:
    method = METHODS[name]
    assert issubclass(getattr(pytorch_grad_cam, method.implementation), pytorch_grad_cam.base_cam.BaseCAM)
    assert method.sentence.endswith(".")
    assert "https://" in method.source


def test_titles_differ_and_the_default_is_quick() -> None:
    assert len({method.title for method in METHODS.values()}) == len(METHODS)
    assert not METHODS[DEFAULT_METHOD].slow
