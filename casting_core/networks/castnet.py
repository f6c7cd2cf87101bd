"""castnet: one dense map of local evidence, from which verdict and heatmap both come.

1. The first five stages of EfficientNet-Lite0 turn a gray picture into features at an eighth
   and at a sixteenth of its size.
2. Both are merged at stride 8, and a small head gives every place one logit: the evidence for
   a defect there.
3. The verdict's logit is an affine function of two means: of the few strongest places, so that one small pit is
   enough, and of the strongest fiftieth, so that weak signs over a larger area count too. A large sound area
   dilutes neither.

Sources: M. Tan and Q. V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
Networks", ICML 2019, https://arxiv.org/abs/1905.11946 (the Lite variant drops squeeze-and-excite
and uses ReLU6); T.-Y. Lin et al., "Feature Pyramid Networks", CVPR 2017,
https://arxiv.org/abs/1612.03144 (merging two strides); pooling over the strongest places after
T. Durand et al., "WILDCAT", CVPR 2017.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from casting_core.networks.network import Network

GRAY_MEAN, GRAY_STD = 127 / 255, 128 / 255  # the scaling that EfficientNet-Lite was trained with


def _convolution(inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _fold(norm: nn.Module, convolution: nn.Conv2d, *others: nn.Conv2d) -> nn.Module:
    """Fold the statistics of a norm into the convolution before it; gives what stands in for the norm.

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
    return nn.Identity()


class SeparableBlock(nn.Module):
    """Depthwise convolution, then a linear projection: (B, I, H, W) → (B, O, H, W)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.depthwise = _convolution(inputs, inputs, 3, groups=inputs)
        self.norm1: nn.Module = _norm(inputs)
        self.project = _convolution(inputs, outputs, 1)
        self.norm2: nn.Module = _norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(self.norm1(self.depthwise(x)))
        return self.norm2(self.project(x))


class InvertedResidual(nn.Module):
    """Expand sixfold, depthwise convolution, linear projection: (B, I, H, W) → (B, O, H/s, W/s)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = inputs * 6
        self.expand = _convolution(inputs, inner, 1)
        self.norm1: nn.Module = _norm(inner)
        self.depthwise = _convolution(inner, inner, kernel, stride=stride, groups=inner)
        self.norm2: nn.Module = _norm(inner)
        self.project = _convolution(inner, outputs, 1)
        self.norm3: nn.Module = _norm(outputs)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.norm1(self.expand(x)))
        y = F.relu6(self.norm2(self.depthwise(y)))
        y = self.norm3(self.project(y))
        return x + y if self.residual else y


class Backbone(nn.Module):
    """EfficientNet-Lite0 up to its fifth stage, for one gray channel.

    (B, 1, H, W) → (B, 40, H/8, W/8) and (B, 112, H/16, W/16). Modules are registered in the
    order of the original, so that its ImageNet weights load by position (`training.pretrained`).
    """

    # per stage: repeats, outputs, kernel, stride of its first block
    STAGES = ((2, 24, 3, 2), (2, 40, 5, 2), (3, 80, 3, 2), (3, 112, 5, 1))

    def __init__(self) -> None:
        super().__init__()
        self.stem = _convolution(1, 32, 3, stride=2)
        self.norm: nn.Module = _norm(32)
        stages: list[nn.Module] = [SeparableBlock(32, 16)]
        channels = 16
        for repeats, outputs, kernel, stride in self.STAGES:
            blocks = [InvertedResidual(channels, outputs, kernel, stride)]
            blocks += [InvertedResidual(outputs, outputs, kernel, 1) for _ in range(repeats - 1)]
            stages.append(nn.Sequential(*blocks))
            channels = outputs
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = F.relu6(self.norm(self.stem(x)))
        for stage in self.stages[:3]:
            x = stage(x)
        fine = x  # (B, 40, H/8, W/8)
        for stage in self.stages[3:]:
            x = stage(x)
        return fine, x


class CastNet(Network):
    """Gray picture → map of local evidence (logits) → logit of the verdict.

    Parameters
    ----------
    width : channels of the merged features.
    strongest : shares of the places, in (0, 1], whose means decide the verdict.

    Input: float (B, 1, H, W), luminance in [0, 1]; H and W multiples of 16, any size from 64.
    """

    STRIDE = 8

    def __init__(self, *, width: int = 64, strongest: tuple[float, ...] = (0.0025, 0.02)) -> None:
        super().__init__()
        self.strongest = strongest
        self.backbone = Backbone()
        self.lateral = _convolution(40, width, 1)
        self.top = _convolution(112, width, 1)
        self.merge_norm: nn.Module = _norm(width)
        self.mix = _convolution(width, width, 3)
        self.mix_norm: nn.Module = _norm(width)
        self.head = nn.Conv2d(width, 1, 1)
        self.scale = nn.Parameter(torch.full((len(strongest),), 1.5 / len(strongest)))
        self.shift = nn.Parameter(torch.tensor(0.0))
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias, -2.0)  # most places of most pictures are sound

    def features(self, x: Tensor) -> Tensor:
        """Features before the head: (B, 1, H, W) → (B, width, H/8, W/8)."""
        fine, coarse = self.backbone((x - GRAY_MEAN) / GRAY_STD)
        coarse = F.interpolate(self.top(coarse), scale_factor=2.0, mode="bilinear", align_corners=False)
        merged = F.relu6(self.merge_norm(self.lateral(fine) + coarse))
        return F.relu6(self.mix_norm(self.mix(merged)))

    def evidence(self, x: Tensor) -> Tensor:
        """Logits of local evidence: (B, 1, H, W) → (B, 1, H/8, W/8)."""
        features = self.features(x)
        with torch.autocast(x.device.type, enabled=False):  # the last step in full precision, it is cheap
            return self.head(features.float())

    def pool(self, evidence: Tensor) -> Tensor:
        """Logit of the verdict from the evidence: (B, 1, h, w) → (B,), float32."""
        places = evidence.flatten(1).float()  # (B, h·w)
        counts = [max(1, round(share * places.shape[1])) for share in self.strongest]
        descending = places.topk(max(counts), dim=1).values
        means = torch.stack([descending[:, :count].mean(1) for count in counts], dim=1)  # (B, shares)
        return (means * self.scale.float()).sum(1) + self.shift.float()

    def fused(self, dtype: torch.dtype = torch.float32) -> "CastNet":
        """A copy for inference, norms folded into the convolutions before them; the head stays float32.

        `dtype` is that of the other weights; `evidence` takes inputs of that dtype.
        """
        result = copy.deepcopy(self).eval()
        for module in result.modules():
            if isinstance(module, Backbone):
                module.norm = _fold(module.norm, module.stem)
            elif isinstance(module, SeparableBlock):
                module.norm1 = _fold(module.norm1, module.depthwise)
                module.norm2 = _fold(module.norm2, module.project)
            elif isinstance(module, InvertedResidual):
                module.norm1 = _fold(module.norm1, module.expand)
                module.norm2 = _fold(module.norm2, module.depthwise)
                module.norm3 = _fold(module.norm3, module.project)
        result.merge_norm = _fold(result.merge_norm, result.top, result.lateral)
        result.mix_norm = _fold(result.mix_norm, result.mix)
        for parameter in result.parameters():
            parameter.requires_grad_(False)
        result.to(dtype).to(memory_format=torch.channels_last)
        result.head.float()
        result.scale.data, result.shift.data = result.scale.float(), result.shift.float()
        return result

    def judge(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See `Network.judge`; the evidence is (B, H/8, W/8)."""
        evidence = self.evidence(x)
        alone = evidence[:, 0] * self.scale.float().sum() + self.shift.float()
        return self.pool(evidence), alone
