"""Class activation maps: which places of a convolutional layer moved the verdict, by the package `grad-cam`.

1. The network is copied, in float32 and with fixed weights, so that the hooks which the package
   sets lie on the copy: calls may come from many threads, and the network itself is never touched.
2. The method gives every channel of the layer a weight, or every place of every channel.
3. The weighted sum of the channels, cut off at 0, is scaled to the input.

The package stretches every map to its own maximum. Such a map therefore glows on sound parts too
and cannot be compared between pictures; the evidence map, whose scale is fixed, can.
"""

import copy

import numpy as np
import torch
from torch import Tensor, nn

from casting_core.explanation.methods import DEFAULT_METHOD, METHODS
from casting_core.networks.device import at_once


def activation_map(network: nn.Module, inputs: Tensor, *, layer: str, method: str = DEFAULT_METHOD) -> np.ndarray:
    """Compute the map of the logit of *defective* for one picture.

    Parameters
    ----------
    network : takes float (1, 1, h, w), gives logits of *defective*, (1,) or (1, 1). Not changed.
    inputs : (1, 1, h, w) of any float type, luminance in [0, 1]. Not changed.
    layer : dotted name of the module to look at, for example `mix` or `backbone.stages.4`; its output must be
        (1, C, h', w').
    method : one of `methods.METHODS`.

    Returns
    -------
    float32 (h, w) in [0, 1], its smallest value 0 and its largest 1; all 0 where no place of the layer speaks for a
    defect.
    """
    import pytorch_grad_cam  # its imports take seconds: paid by those who ask for a map

    with torch.inference_mode(False), torch.enable_grad():
        own = copy.deepcopy(network).float().eval().requires_grad_(False)
        device = next(own.parameters()).device
        picture = inputs.detach().to(device, torch.float32, copy=True)
        # Gradients are needed from the layer on only: what comes before it keeps no activations.
        target = own.get_submodule(layer).requires_grad_(True)
        picture.requires_grad_(next(target.parameters(), None) is None)
        cam = getattr(pytorch_grad_cam, METHODS[method].implementation)(model=own, target_layers=[target])
        cam.batch_size = at_once(device)  # masked pictures that Score-CAM judges
        try:
            heat = cam(picture, targets=[torch.sum])  # the one logit; (1, h, w)
        finally:
            cam.activations_and_grads.release()
    return np.clip(np.nan_to_num(heat[0]), 0.0, 1.0).astype(np.float32)
