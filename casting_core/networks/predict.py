"""Logits of many prepared pictures, in batches."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from casting_core.data.transforms import to_tensor
from casting_core.networks.device import fast_dtype

BATCH = 32


@torch.inference_mode()
def predict_logits(model: nn.Module, inputs: Sequence[np.ndarray], *, fast: bool = True) -> np.ndarray:
    """Raw logits of *defective*, float32 (N,), for uint8 (h, w) inputs of `data.transforms.to_input`.

    `fast` computes in reduced precision where the device has it. The model is left in evaluation mode.
    """
    model.eval()
    device = next(model.parameters()).device
    dtype = fast_dtype(device) if fast else torch.float32
    logits = np.zeros(len(inputs), np.float32)
    shapes: dict[tuple[int, ...], list[int]] = {}
    for index, picture in enumerate(inputs):
        shapes.setdefault(picture.shape, []).append(index)
    for members in shapes.values():
        for start in range(0, len(members), BATCH):
            chosen = members[start : start + BATCH]
            x = to_tensor([inputs[i] for i in chosen]).to(device, memory_format=torch.channels_last)
            with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
                logits[chosen] = model(x).float().cpu().numpy()
    return logits
