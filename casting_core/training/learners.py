"""What a network learns from one batch: its losses, which of its layers move, and how fast.

A learner is a module whose forward pass gives the losses, so that the gradients of several processes can be averaged
around it (`training.distributed`).
"""

from abc import abstractmethod
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from casting_core.networks.castnet import CastNet
from casting_core.networks.device import fast_dtype
from casting_core.networks.network import Network
from casting_core.training.objective import map_loss, verdict_losses
from casting_core.training.settings import Recipe, TrainingSettings


class Learner(nn.Module):
    """A network with what it is to learn.

    Gives of a batch the losses of the verdicts and their logits, (B,) each, and what else is to be minimised, ().
    """

    def __init__(self, model: Network, settings: TrainingSettings) -> None:
        super().__init__()
        self.model, self.settings = model, settings

    @abstractmethod
    def start(self) -> None:
        """Set up training mode, at the start of every epoch."""

    @abstractmethod
    def groups(self) -> list[dict[str, Any]]:
        """Parameters with their `factor` of the learning rate and their `weight_decay`."""

    @abstractmethod
    def forward(self, inputs: Tensor, targets: Tensor, masks: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Take inputs (B, 1, S, S) in [0, 1], targets (B,) in {0, 1}, masks (B, 1, S, S) or None."""


class PlainLearner(Learner):
    """The verdict alone, all layers at one pace, as published studies do it."""

    def start(self) -> None:
        """See `Learner.start`."""
        self.model.train()

    def groups(self) -> list[dict[str, Any]]:
        """See `Learner.groups`."""
        return [{"params": list(self.model.parameters()), "factor": 1.0, "weight_decay": self.settings.weight_decay}]

    def forward(self, inputs: Tensor, targets: Tensor, masks: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """See `Learner.forward`; in float32, these networks are small."""
        logits = self.model(inputs)
        return verdict_losses(logits, targets), logits, logits.new_zeros(())


class CastNetLearner(Learner):
    """The verdict, and the map where the truth is known. The backbone's first layers stay ImageNet's."""

    model: CastNet

    def __init__(self, model: CastNet, settings: TrainingSettings) -> None:
        super().__init__(model, settings)
        self.recipe = settings.recipe or Recipe()
        self._frozen: list[CastNet] = []  # in a list, else it would be a part of this module, to be trained and saved

    def start(self) -> None:
        """See `Learner.start`; weights and statistics of the frozen layers are left alone."""
        self.model.train()
        backbone = self.model.backbone
        for module in (backbone.stem, backbone.norm, *backbone.stages[: self.recipe.frozen_stages]):
            module.eval().requires_grad_(False)
        place = next(self.model.parameters()).device
        self._frozen = [self.model.runtime(place, fast_dtype(place))]

    def groups(self) -> list[dict[str, Any]]:
        """See `Learner.groups`; pretrained layers may learn slower, norms do not decay."""
        groups: list[dict[str, Any]] = []
        for pretrained, decays in product((False, True), repeat=2):
            parameters = [
                p
                for name, p in self.model.named_parameters()
                if p.requires_grad and name.startswith("backbone.") == pretrained and (p.ndim > 1) == decays
            ]
            factor = self.recipe.backbone_factor if pretrained else 1.0
            decay = self.settings.weight_decay if decays else 0.0
            groups.append({"params": parameters, "factor": factor, "weight_decay": decay})
        return groups

    def forward(self, inputs: Tensor, targets: Tensor, masks: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """See `Learner.forward`; in reduced precision where the device has it."""
        dtype = fast_dtype(inputs.device)
        stages = self.recipe.frozen_stages
        with torch.no_grad():  # what the frozen layers make of the pictures, computed as at inference
            x = self._frozen[0].backbone.first(inputs.to(dtype, memory_format=torch.channels_last), stages)
        with torch.autocast(inputs.device.type, dtype, enabled=dtype != torch.float32):
            evidence = self.model.evidence(x, passed=stages)
        logits = self.model.pool(evidence)
        on_map = logits.new_zeros(()) if masks is None else self.recipe.map_weight * map_loss(evidence, masks)
        return verdict_losses(logits, targets), logits, on_map


def learner_for(model: Network, settings: TrainingSettings) -> Learner:
    """Choose what that network learns under these settings."""
    return CastNetLearner(model, settings) if isinstance(model, CastNet) else PlainLearner(model, settings)
