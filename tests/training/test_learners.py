"""What moves while a network learns, and how fast; and that the losses are those of the network's own verdicts."""

import pytest
import torch

from casting_core.networks.castnet import CastNet
from casting_core.networks.feedforward import Feedforward
from casting_core.training.learners import CastNetLearner, PlainLearner, learner_for
from casting_core.training.objective import map_loss, verdict_losses
from casting_core.training.settings import Recipe, TrainingSettings


def castnet_learner(**recipe) -> CastNetLearner:
    torch.manual_seed(0)
    learner = CastNetLearner(CastNet(), TrainingSettings(weight_decay=0.1, recipe=Recipe(**recipe)))
    learner.start()
    return learner


def test_every_trainable_parameter_is_optimised_once() -> None:
    learner = castnet_learner(backbone_factor=0.25)
    names = {id(p): name for name, p in learner.model.named_parameters()}
    groups = learner.groups()
    seen = [names[id(p)] for group in groups for p in group["params"]]
    assert sorted(seen) == sorted(name for name, p in learner.model.named_parameters() if p.requires_grad)
    for group in groups:
        for parameter in group["params"]:
            assert group["factor"] == (0.25 if names[id(parameter)].startswith("backbone.") else 1.0)
            assert group["weight_decay"] == (0.1 if parameter.ndim > 1 else 0.0)


@pytest.mark.parametrize("frozen", [0, 2, 3])
def test_the_first_layers_stay_frozen(frozen: int) -> None:
    model = castnet_learner(frozen_stages=frozen).model
    backbone = model.backbone
    still = [backbone.stem, backbone.norm, *backbone.stages[:frozen]]
    moving = [*backbone.stages[frozen:], model.lateral, model.merge_norm, model.mix_norm, model.head]
    assert not any(m.training or any(p.requires_grad for p in m.parameters()) for m in still)
    assert all(m.training and all(p.requires_grad for p in m.parameters()) for m in moving)


def test_what_computes_the_frozen_layers_is_no_part_of_what_is_trained_and_saved() -> None:
    learner = castnet_learner()
    assert {name.split(".")[0] for name in learner.state_dict()} == {"model"}


def test_the_losses_are_those_of_verdict_and_map() -> None:
    learner = castnet_learner(map_weight=0.5)
    learner.model.eval()  # statistics stay, so that both passes see the same network
    x, targets = torch.rand(2, 1, 64, 64), torch.tensor([0.0, 1.0])
    masks = torch.zeros(2, 1, 64, 64)
    with torch.no_grad():
        losses, logits, beside = learner(x, targets, masks)
        evidence = learner.model.evidence(x)
    torch.testing.assert_close(logits, learner.model.pool(evidence), rtol=0.05, atol=0.05)  # reduced precision
    torch.testing.assert_close(losses, verdict_losses(logits, targets))
    torch.testing.assert_close(beside, 0.5 * map_loss(evidence, masks), rtol=0.05, atol=0.05)
    with torch.no_grad():
        assert learner(x, targets, None)[2] == 0


def test_a_plain_network_learns_its_verdict_and_nothing_beside() -> None:
    torch.manual_seed(0)
    model = Feedforward(size=64)
    learner = learner_for(model, TrainingSettings(model="feedforward", size=64, weight_decay=0.0, recipe=None))
    assert isinstance(learner, PlainLearner)
    learner.start()
    (group,) = learner.groups()
    assert len(group["params"]) == 6
    x, targets = torch.rand(3, 1, 64, 64), torch.tensor([0.0, 1.0, 1.0])
    losses, logits, beside = learner(x, targets, None)
    torch.testing.assert_close(logits, model(x))
    torch.testing.assert_close(losses, verdict_losses(logits, targets))
    assert beside == 0
