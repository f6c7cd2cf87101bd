"""What a run needs to go on where it was stopped, in safetensors: weights and optimizer, no pickle."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.optim import Optimizer

from casting_core.data.files import write_atomically
from casting_core.errors import ModelError

EPOCH = "epoch"


def save_state(file: Path, model: nn.Module, optimizer: Optimizer, *, epoch: int) -> None:
    """Write weights, optimizer state and the number of finished epochs, atomically."""
    tensors: dict[str, Tensor] = {f"model.{k}": v for k, v in model.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        for name, value in state.items():
            tensors[f"optimizer.{index}.{name}"] = torch.as_tensor(value)
    tensors[EPOCH] = torch.tensor(epoch)
    write_atomically(file, save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}))


def load_state(file: Path, model: nn.Module, optimizer: Optimizer) -> int:
    """Restore what `save_state` wrote, in place; gives the number of finished epochs.

    Raises `ModelError` where the file is missing, damaged, or belongs to another network.
    """
    try:
        tensors = load(file.read_bytes())
        model.load_state_dict({k.removeprefix("model."): v for k, v in tensors.items() if k.startswith("model.")})
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith("optimizer."):
                _, index, name = key.split(".", 2)
                state.setdefault(int(index), {})[name] = value
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
        return int(tensors[EPOCH])
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{file} cannot be resumed from ({error}); start the run anew without --resume.") from error
