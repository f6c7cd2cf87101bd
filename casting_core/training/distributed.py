"""Several processes that train one network together, as `torchrun` starts them; one process alone needs nothing of it.

Every process takes its share of each batch, and the gradients are averaged (`DistributedDataParallel`; S. Li et al.,
"PyTorch Distributed", VLDB 2020, https://arxiv.org/abs/2006.15704). Processes talk over NCCL on CUDA, over gloo on
the CPU. The first one alone writes files and reports.
"""

import gc
import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from casting_core.networks.device import choose_device


@dataclass(frozen=True, kw_only=True)
class Group:
    """The processes that train together, and this one's number `rank` among them, from 0 to `size` - 1."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def total(self, values: torch.Tensor) -> torch.Tensor:
        """Sum a tensor over all processes, in place."""
        if self.size > 1:
            distributed.all_reduce(values)
        return values

    def gather(self, value: Any) -> list[Any]:
        """Gather what every process has, in the order of their numbers."""
        if self.size == 1:
            return [value]
        values: list[Any] = [None] * self.size
        distributed.all_gather_object(values, value)
        return values

    def same_buffers(self, model: nn.Module) -> None:
        """Give all processes the first one's buffers, such as the statistics of normalisation."""
        if self.size > 1:
            for buffer in model.buffers():
                distributed.broadcast(buffer, 0)

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            distributed.barrier()

    def together(self, module: nn.Module) -> nn.Module:
        """Wrap a module so that its gradients are averaged over all processes."""
        return DistributedDataParallel(module) if self.size > 1 else module


def join(device: str | None = None) -> tuple[Group, torch.device]:
    """Join the group that `torchrun` started, if it did; give it and the device to compute on."""
    place = choose_device(device)
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Group(), place
    if place.type == "cuda" and place.index is None:
        place = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(place)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if place.type == "cuda" else "gloo")
    return Group(rank=distributed.get_rank(), size=distributed.get_world_size()), place


def leave() -> None:
    """Leave the group, at the end of the program: once everything that still refers to it is gone."""
    if distributed.is_initialized():
        gc.collect()
        distributed.destroy_process_group()
