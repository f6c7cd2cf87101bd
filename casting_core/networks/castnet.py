"""castnet: one dense map of local evidence, from which verdict and heatmap both come.

1. The first five stages of EfficientNet-Lite0 turn a gray picture into features at an eighth
   and at a sixteenth of its size.
2. Both are merged at stride 8, and a small head gives every place one logit: the evidence for
   a defect there.
3. The verdict's logit is an affine function of the mean of the strongest places, so that one
   small pit is enough and a large sound area does not dilute it.

Sources: M. Tan and Q. V. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural
Networks", ICML 2019, https://arxiv.org/abs/1905.11946 (the Lite variant drops squeeze-and-excite
and uses ReLU6); T.-Y. Lin et al., "Feature Pyramid Networks", CVPR 2017,
https://arxiv.org/abs/1612.03144 (merging two strides); pooling over the strongest places after
T. Durand et al., "WILDCAT", CVPR 2017.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GRAY_MEAN, GRAY_STD = 127 / 255, 128 / 255  # the scaling that EfficientNet-Lite was trained with


def _convolution(inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class SeparableBlock(nn.Module):
    """Depthwise convolution, then a linear projection: (B, I, H, W) → (B, O, H, W)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.depthwise = _convolution(inputs, inputs, 3, groups=inputs)
        self.norm1 = _norm(inputs)
        self.project = _convolution(inputs, outputs, 1)
        self.norm2 = _norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(self.norm1(self.depthwise(x)))
        return self.norm2(self.project(x))


class InvertedResidual(nn.Module):
    """Expand sixfold, depthwise convolution, linear projection: (B, I, H, W) → (B, O, H/s, W/s)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = inputs * 6
        self.expand = _convolution(inputs, inner, 1)
        self.norm1 = _norm(inner)
        self.depthwise = _convolution(inner, inner, kernel, stride=stride, groups=inner)
        self.norm2 = _norm(inner)
        self.project = _convolution(inner, outputs, 1)
        self.norm3 = _norm(outputs)
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
        self.norm = _norm(32)
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


class CastNet(nn.Module):
    """Gray picture → map of local evidence (logits) → logit of the verdict.

    Parameters
    ----------
    width : channels of the merged features.
    strongest : share of the places, in (0, 1], whose mean decides the verdict.

    Input: float (B, 1, H, W), luminance in [0, 1]; H and W multiples of 16, any size from 64.
    """

    STRIDE = 8

    def __init__(self, *, width: int = 64, strongest: float = 0.005) -> None:
        super().__init__()
        self.strongest = strongest
        self.backbone = Backbone()
        self.lateral = _convolution(40, width, 1)
        self.top = _convolution(112, width, 1)
        self.merge_norm = _norm(width)
        self.mix = _convolution(width, width, 3)
        self.mix_norm = _norm(width)
        self.head = nn.Conv2d(width, 1, 1)
        self.scale = nn.Parameter(torch.tensor(1.0))
        self.shift = nn.Parameter(torch.tensor(0.0))
        nn.init.constant_(self.head.bias, -2.0)  # most places of most pictures are sound

    def features(self, x: Tensor) -> Tensor:
        """Features before the head: (B, 1, H, W) → (B, width, H/8, W/8)."""
        fine, coarse = self.backbone((x - GRAY_MEAN) / GRAY_STD)
        coarse = F.interpolate(self.top(coarse), scale_factor=2.0, mode="bilinear", align_corners=False)
        merged = F.relu6(self.merge_norm(self.lateral(fine) + coarse))
        return F.relu6(self.mix_norm(self.mix(merged)))

    def evidence(self, x: Tensor) -> Tensor:
        """Logits of local evidence: (B, 1, H, W) → (B, 1, H/8, W/8)."""
        return self.head(self.features(x))

    def pool(self, evidence: Tensor) -> Tensor:
        """Logit of the verdict from the evidence: (B, 1, h, w) → (B,), float32."""
        places = evidence.flatten(1).float()  # (B, h·w)
        count = max(1, round(self.strongest * places.shape[1]))
        strongest = places.topk(count, dim=1).values.mean(1)
        return self.scale.float() * strongest + self.shift.float()

    def forward(self, x: Tensor) -> Tensor:
        """Logit of *defective*: (B, 1, H, W) → (B,)."""
        return self.pool(self.evidence(x))
