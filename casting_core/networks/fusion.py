"""Convolution, norm and activation in one step, for networks whose weights no longer change.

1. Folding: at inference a norm is an affine function of each channel, so it goes into the weights of the
   convolution before it.
2. Packing, on the CPU: the convolution and the activation after it become one call of oneDNN, which writes its result
   once instead of twice, and the weights are laid out for it beforehand instead of at every call. Between the large
   maps of the first layers, writing and reading takes longer than computing.

A module says which of its parts follow each other in `FUSED_LAYERS`: names of a convolution, its norm, and the
activation after it or None.
"""

import torch
from torch import Tensor, nn


def fold(norm: nn.Module, convolution: nn.Conv2d, *others: nn.Conv2d) -> None:
    """Fold the statistics of a batch norm into the convolution before it, in place.

    `others` are convolutions whose outputs are added to the first's before the norm; interpolation in
    between is linear and its weights sum to one, so scale and shift pass through it.
    """
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    for each in (convolution, *others):
        each.weight = nn.Parameter(each.weight * scale[:, None, None, None])
    convolution.bias = nn.Parameter(norm.bias - norm.running_mean * scale)


def fold_all(network: nn.Module) -> None:
    """Fold every norm that a module names in `FUSED_LAYERS`, in place; an identity takes its place."""
    for module in list(network.modules()):
        for convolution, norm, _ in getattr(module, "FUSED_LAYERS", ()):
            fold(getattr(module, norm), getattr(module, convolution))
            setattr(module, norm, nn.Identity())


ACTIVATIONS: dict[type[nn.Module], tuple[str, list[float], str]] = {  # by oneDNN's names, with their bounds
    nn.ReLU6: ("hardtanh", [0.0, 6.0], ""),
    nn.ReLU: ("relu", [], ""),
    nn.Identity: ("none", [], ""),
}


class PackedConvolution(nn.Module):
    """A convolution with fixed weights and the activation after it, as one call of oneDNN on the CPU.

    It has no gradients and cannot be copied or saved; make it anew from the convolution.

    Parameters
    ----------
    convolution : bfloat16 or float32.
    activation : one of `ACTIVATIONS`.
    """

    def __init__(self, convolution: nn.Conv2d, *, activation: type[nn.Module]) -> None:
        super().__init__()
        assert not isinstance(convolution.padding, str)
        sizes = (list(convolution.padding), list(convolution.stride), list(convolution.dilation))
        self._arguments = (*sizes, convolution.groups)
        self._activation = ACTIVATIONS[activation]
        with torch.no_grad():
            weight = convolution.weight.detach().to_mkldnn()
            self.weight = torch._C._nn.mkldnn_reorder_conv2d_weight(weight, *self._arguments)
            self._bias = None if convolution.bias is None else convolution.bias.detach().clone()

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) → (B, O, H/s, W/s)."""
        return torch.ops.mkldnn._convolution_pointwise(x, self.weight, self._bias, *self._arguments, *self._activation)


def can_pack(dtype: torch.dtype) -> bool:
    """Whether this build of PyTorch and this processor have what packing weights of that dtype needs."""
    there = torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_convolution_pointwise")
    return there and (dtype != torch.bfloat16 or torch.ops.mkldnn._is_mkldnn_bf16_supported())


def pack_all(network: nn.Module) -> None:
    """Pack every convolution that a module names in `FUSED_LAYERS`, norms folded before, in place."""
    for module in list(network.modules()):
        for convolution, _, activation in getattr(module, "FUSED_LAYERS", ()):
            following = nn.Identity if activation is None else type(getattr(module, activation))
            setattr(module, convolution, PackedConvolution(getattr(module, convolution), activation=following))
            if activation is not None:
                setattr(module, activation, nn.Identity())
