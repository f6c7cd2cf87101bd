"""What a network says of many prepared pictures, in batches."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from casting_core.data.transforms import to_tensor
from casting_core.networks.device import at_once, fast_dtype
from casting_core.networks.network import Network


def predict_logits(model: Network, inputs: Sequence[np.ndarray], *, fast: bool = True) -> np.ndarray:
    """Raw logits of *defective*, float32 (N,), for uint8 (h, w) inputs of `data.transforms.to_input`.

    `fast` computes in reduced precision where the device has it. The model is left in evaluation mode.
    """
    result = np.zeros(len(inputs), np.float32)
    for chosen, logits, _ in _judge(model, inputs, fast):
        result[chosen] = logits.float().cpu().numpy()
    return result


def predict_peaks(model: Network, inputs: Sequence[np.ndarray]) -> np.ndarray | None:
    """Predict the strongest evidence of each picture, raw logits float32 (N,); None for a network without a map.

    Inputs as above; in reduced precision where the device has it.
    """
    result = np.zeros(len(inputs), np.float32)
    for chosen, _, evidence in _judge(model, inputs, True):
        if evidence is None:
            return None
        result[chosen] = evidence.flatten(1).amax(1).float().cpu().numpy()
    return result


@torch.inference_mode()
def _judge(
    model: Network, inputs: Sequence[np.ndarray], fast: bool
) -> Iterator[tuple[list[int], Tensor, Tensor | None]]:
    """Batches of one shape: which pictures, their logits (B,), and their evidence (B, h, w) or None."""
    model.eval()
    device = next(model.parameters()).device
    dtype, step = fast_dtype(device) if fast else torch.float32, at_once(device)
    shapes: dict[tuple[int, ...], list[int]] = {}
    for index, picture in enumerate(inputs):
        shapes.setdefault(picture.shape, []).append(index)
    for members in shapes.values():
        for start in range(0, len(members), step):
            chosen = members[start : start + step]
            x = to_tensor([inputs[i] for i in chosen]).to(device, memory_format=torch.channels_last)
            with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
                yield chosen, *model.judge(x)
