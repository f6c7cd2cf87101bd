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
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from casting_core.networks.fusion import can_pack, fold, fold_all, pack_all
from casting_core.networks.network import Network

GRAY_MEAN, GRAY_STD = 127 / 255, 128 / 255  # the scaling that EfficientNet-Lite was trained with


def _convolution(inputs: int, outputs: int, kernel: int, *, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class DepthwiseConvolution(nn.Conv2d):
    """One filter a channel.

    While it learns on the CPU it computes in float32: oneDNN's gradients of depthwise convolutions in bfloat16 take
    about four times as long.
    """

    def __init__(self, channels: int, kernel: int, *, stride: int = 1) -> None:
        super().__init__(channels, channels, kernel, stride, kernel // 2, groups=channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → (B, C, H/s, W/s)."""
        if x.device.type == "cpu" and torch.is_grad_enabled() and self.weight.requires_grad:
            with torch.autocast("cpu", enabled=False):
                return super().forward(x.float()).to(x.dtype)
        return super().forward(x)


class SeparableBlock(nn.Module):
    """Depthwise convolution, then a linear projection: (B, I, H, W) → (B, O, H, W)."""

    FUSED_LAYERS = (("depthwise", "norm1", "activation1"), ("project", "norm2", None))

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.depthwise = DepthwiseConvolution(inputs, 3)
        self.norm1: nn.Module = _norm(inputs)
        self.activation1: nn.Module = nn.ReLU6()
        self.project = _convolution(inputs, outputs, 1)
        self.norm2: nn.Module = _norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) → (B, O, H, W)."""
        x = self.activation1(self.norm1(self.depthwise(x)))
        return self.norm2(self.project(x))


class InvertedResidual(nn.Module):
    """Expand sixfold, depthwise convolution, linear projection: (B, I, H, W) → (B, O, H/s, W/s)."""

    FUSED_LAYERS = (
        ("expand", "norm1", "activation1"),
        ("depthwise", "norm2", "activation2"),
        ("project", "norm3", None),
    )

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = inputs * 6
        self.expand = _convolution(inputs, inner, 1)
        self.norm1: nn.Module = _norm(inner)
        self.activation1: nn.Module = nn.ReLU6()
        self.depthwise = DepthwiseConvolution(inner, kernel, stride=stride)
        self.norm2: nn.Module = _norm(inner)
        self.activation2: nn.Module = nn.ReLU6()
        self.project = _convolution(inner, outputs, 1)
        self.norm3: nn.Module = _norm(outputs)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) → (B, O, H/s, W/s)."""
        y = self.activation1(self.norm1(self.expand(x)))
        y = self.activation2(self.norm2(self.depthwise(y)))
        y = self.norm3(self.project(y))
        return x + y if self.residual else y


class Backbone(nn.Module):
    """EfficientNet-Lite0 up to its fifth stage, for one gray channel.

    (B, 1, H, W) → (B, 40, H/8, W/8) and (B, 112, H/16, W/16). Modules are registered in the
    order of the original, so that its ImageNet weights load by position (`training.pretrained`).
    """

    FUSED_LAYERS = (("stem", "norm", "activation"),)
    # per stage: repeats, outputs, kernel, stride of its first block
    STAGES = ((2, 24, 3, 2), (2, 40, 5, 2), (3, 80, 3, 2), (3, 112, 5, 1))

    def __init__(self) -> None:
        super().__init__()
        self.stem = _convolution(1, 32, 3, stride=2)
        self.norm: nn.Module = _norm(32)
        self.activation: nn.Module = nn.ReLU6()
        stages: list[nn.Module] = [SeparableBlock(32, 16)]
        channels = 16
        for repeats, outputs, kernel, stride in self.STAGES:
            blocks = [InvertedResidual(channels, outputs, kernel, stride)]
            blocks += [InvertedResidual(outputs, outputs, kernel, 1) for _ in range(repeats - 1)]
            stages.append(nn.Sequential(*blocks))
            channels = outputs
        self.stages = nn.ModuleList(stages)

    def first(self, x: Tensor, stages: int) -> Tensor:
        """Return the stem and that many stages, 0 to 3: (B, 1, H, W), luminance in [0, 1] → features of that stage.

        Given in float32, the 256 levels keep their distances in bfloat16 as well: it holds (level - 127) / 128
        exactly, but not level / 255.
        """
        x = (x - GRAY_MEAN) / GRAY_STD
        x = self.activation(self.norm(self.stem(x.to(self.stem.weight.dtype))))
        for stage in self.stages[:stages]:
            x = stage(x)
        return x

    def rest(self, x: Tensor, stages: int) -> tuple[Tensor, Tensor]:
        """Compute what follows `first`."""
        for stage in self.stages[stages:3]:
            x = stage(x)
        fine = x  # (B, 40, H/8, W/8)
        for stage in self.stages[3:]:
            x = stage(x)
        return fine, x

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 1, H, W) → (B, 40, H/8, W/8) and (B, 112, H/16, W/16)."""
        return self.rest(self.first(x, 0), 0)


class CastNet(Network):
    """Gray picture → map of local evidence (logits) → logit of the verdict.

    Parameters
    ----------
    width : channels of the merged features.
    strongest : shares of the places, in (0, 1], whose means decide the verdict.

    Input: float (B, 1, H, W), luminance in [0, 1]; H and W multiples of 16, any size from 64.
    """

    has_map = True
    STRIDE = 8
    CAP = 6.0  # on the features from which the verdict comes, as in the backbone
    BEGUN = 2  # stages of the backbone that are the first step: with one core, as long as finding the part takes
    DESCRIBED = 0.01  # share of the places, those of the strongest evidence, that describe a picture beside all of them
    FUSED_LAYERS = (("mix", "mix_norm", "mix_activation"),)

    def __init__(self, *, width: int = 64, strongest: tuple[float, ...] = (0.0025, 0.02)) -> None:
        super().__init__()
        self.strongest = strongest
        self.backbone = Backbone()
        self.lateral = _convolution(40, width, 1)
        self.top = _convolution(112, width, 1)
        self.merge_norm: nn.Module = _norm(width)
        self.mix = _convolution(width, width, 3)
        self.mix_norm: nn.Module = _norm(width)
        self.mix_activation: nn.Module = nn.ReLU()
        self.head = nn.Conv2d(width, 1, 1)
        self.scale = nn.Parameter(torch.full((len(strongest),), 1.5 / len(strongest)))
        self.shift = nn.Parameter(torch.tensor(0.0))
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias, -2.0)  # most places of most pictures are sound

    def features(self, x: Tensor) -> Tensor:
        """Features before the head: (B, 1, H, W) → (B, width, H/8, W/8)."""
        return self._merge(*self.backbone(x))

    def evidence(self, x: Tensor, *, passed: int | None = None) -> Tensor:
        """Logits of local evidence: (B, 1, H, W) → (B, 1, H/8, W/8).

        `passed`: `x` is no picture but what `Backbone.first` gave for that many stages.
        """
        features = self.features(x) if passed is None else self._merge(*self.backbone.rest(x, passed))
        return self._local(features.clamp(max=self.CAP))

    def _local(self, features: Tensor) -> Tensor:
        """(B, width, h, w) → (B, 1, h, w), float32: the last step in full precision, it is cheap."""
        with torch.autocast(features.device.type, enabled=False):
            return self.head(features.float())

    def _merge(self, fine: Tensor, coarse: Tensor) -> Tensor:
        coarse = F.interpolate(self.top(coarse), scale_factor=2.0, mode="bilinear", align_corners=False)
        merged = F.relu6(self.merge_norm(self.lateral(fine) + coarse))
        return self.mix_activation(self.mix_norm(self.mix(merged)))

    def pool(self, evidence: Tensor) -> Tensor:
        """Logit of the verdict from the evidence: (B, 1, h, w) → (B,), float32."""
        places = evidence.flatten(1).float()  # (B, h·w)
        counts = [max(1, round(share * places.shape[1])) for share in self.strongest]
        descending = places.topk(max(counts), dim=1).values
        means = torch.stack([descending[:, :count].mean(1) for count in counts], dim=1)  # (B, shares)
        return (means * self.scale.float()).sum(1) + self.shift.float()

    def describe(self, x: Tensor) -> Tensor:
        """See `Network.describe`: the mean of the features over all places, and over those of strongest evidence.

        The first tells how part and light look, the second what stands out; (B, 1, H, W) → (B, 2, width).
        """
        features = self.features(x).clamp(max=self.CAP).float()  # (B, C, h, w)
        with torch.autocast(x.device.type, enabled=False):
            evidence = self.head(features).flatten(1)  # (B, h·w)
        places = features.flatten(2)  # (B, C, h·w)
        count = max(1, round(self.DESCRIBED * places.shape[2]))
        strongest = evidence.topk(count, dim=1).indices[:, None].expand(-1, places.shape[1], -1)  # (B, C, count)
        return torch.stack([places.mean(2), places.gather(2, strongest).mean(2)], dim=1)

    def fused(self, dtype: torch.dtype = torch.float32) -> "CastNet":
        """Make a copy for inference, norms folded into the convolutions before them; the head stays float32.

        `dtype` is that of the other weights; it takes inputs of that dtype, and better ones in float32.
        """
        result = copy.deepcopy(self).eval()
        fold(result.merge_norm, result.top, result.lateral)
        result.merge_norm = nn.Identity()
        fold_all(result)
        for parameter in result.parameters():
            parameter.requires_grad_(False)
        result.to(dtype).to(memory_format=torch.channels_last)
        result.head.float()
        result.scale.data, result.shift.data = result.scale.float(), result.shift.float()
        return result

    def runtime(self, device: torch.device, dtype: torch.dtype) -> "CastNet":
        """See `Network.runtime`."""
        result = self.fused(dtype).to(device)
        if device.type == "cpu" and can_pack(dtype):
            pack_all(result)
        return result

    def judge(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See `Network.judge`; the evidence is (B, H/8, W/8).

        The verdict comes from features with a cap, as the network has learned. Where several places all reach it, the
        cap hides which of them is the strongest; so the map is made of the same features without it.
        """
        return self._conclude(self.features(x))

    def stages(self) -> Sequence[Callable[[Any], Any]]:
        """See `Network.stages`."""
        return self._begin, self._proceed, self._conclude

    def _begin(self, x: Tensor) -> Tensor:
        return self.backbone.first(x, self.BEGUN)

    def _proceed(self, x: Tensor) -> Tensor:
        return self._merge(*self.backbone.rest(x, self.BEGUN))

    def _conclude(self, features: Tensor) -> tuple[Tensor, Tensor]:
        batch, channels, height, width = features.shape
        with torch.autocast(features.device.type, enabled=False):
            places = features.permute(0, 2, 3, 1).reshape(-1, channels).float()  # (B·h·w, width), channels last anyway
            head = self.head.weight.flatten(1), self.head.bias  # as a product of matrices it takes half the time
            free, capped = F.linear(places, *head), F.linear(places.clamp(max=self.CAP), *head)  # (B·h·w, 1)
            alone = free * self.scale.float().sum() + self.shift.float()
        return self.pool(capped.view(batch, 1, height, width)), alone.view(batch, height, width)
