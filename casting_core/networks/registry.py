"""The networks by name: what each is, how it is built and trained, and what its figures cannot say.

This is the only place that knows them all. A new network is a module beside this one and an entry here; reading the
table needs no PyTorch, as a network's module is imported only when it is built.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from casting_core.errors import ModelError

if TYPE_CHECKING:
    from casting_core.networks.network import Network


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One kind of network.

    Attributes
    ----------
    title : its name as a reader knows it.
    network : its class, as `module:class` beside this one.
    size : px, short side of its input.
    heatmap_layer : the module that Grad-CAM looks at, None where the network has no convolutions.
    training : the fields of `training.settings.TrainingSettings` that it is trained with, where they are not the usual
        ones.
    purpose : what a model of the public set is there for, in words.
    limits : what its figures on the public set cannot say.
    map_limits : what its map cannot say, on any product whose part the part finder knows.
    comparison_only : whether it is there to be compared with, and not to inspect parts.
    baseline : whether every other model has to be read beside it.
    """

    name: str
    title: str
    network: str
    size: int
    heatmap_layer: str | None
    training: Mapping[str, Any]
    purpose: str
    limits: tuple[str, ...]
    map_limits: tuple[str, ...] = ()
    comparison_only: bool = True
    baseline: bool = False

    def build(self) -> "Network":
        """Build a new network with weights that start at random."""
        module, _, name = self.network.partition(":")
        return getattr(import_module(f"casting_core.networks.{module}"), name)()


# as the published study trained its three networks on this data set; the input sizes are ours
STUDY: Mapping[str, Any] = {
    "epochs": 10,
    "batch_size": 16,
    "learning_rate": 1e-4,
    "schedule": "constant",
    "warmup": 0.0,
    "weight_decay": 0.0,
    "recipe": None,
}
STUDY_LIMITS = (
    "Trained as a published study reports it, without augmentation or balance: it stands here to be compared with, "
    "not to inspect parts.",
)

ARCHITECTURES = {  # in the order of their rows in tables
    architecture.name: architecture
    for architecture in (
        Architecture(
            name="castnet",
            title="convolutional network with an evidence map",
            network="castnet:CastNet",
            size=320,
            heatmap_layer="mix",
            training={},
            purpose="made to inspect parts: it judges place by place, and its verdict and its map are one",
            limits=(
                "No weight, temperature or threshold was fitted on the official test, but the design was not blind "
                "to it: earlier official runs and rules for calibration and thresholds were looked at on it before "
                "this one was settled. Its official figures are therefore somewhat flattered.",
                "The design was chosen on by-source fold 3: six variants of decoys, learning rate and epochs were "
                "compared there, after an earlier design had mistaken the reflections of two of its sound castings "
                "for defects. An earlier design was settled on folds 0 to 2. The figures by source are "
                "cross-fitted, but not blind to these choices.",
                "Fine scratches look much like the rays of light that turned metal throws, and the network has "
                "learned to pass those: on rendered castings many scratches are passed "
                "(metrics.rendered.found_by_kind).",
                "Grain (noise) is what shakes it most: no check of the picture notices it, and from about three "
                "gray levels on more defects are missed (metrics.robustness). A dark spot on a sound part is taken "
                "for a defect.",
                "The smallest defects seen (metrics.detectability) were measured on drawn defects, by the same "
                "program that draws those in training; real ones may be harder.",
                "Rendered castings are judged after their defects were made larger, nearer to those of the second "
                "capture; of the smaller ones before, more were missed.",
                "The second capture decided between designs: ways to augment, to pool, and features with and "
                "without a cap were compared on its 119 photographs. Its figures are somewhat flattered too; "
                "nothing was fitted on it.",
            ),
            map_limits=(
                "The evidence map is trained with inserted defects; it points at places, it does not measure defects.",
            ),
            comparison_only=False,
        ),
        Architecture(
            name="cnn",
            title="convolutional network",
            network="cnn:Cnn",
            size=128,
            heatmap_layer="features.12",
            # at a constant rate its last epochs differ by several percent, and luck would decide
            training={**STUDY, "schedule": "cosine"},
            purpose="the convolutional network of a published study: here to be compared with, not to inspect parts",
            limits=STUDY_LIMITS,
        ),
        Architecture(
            name="feedforward",
            title="feedforward network",
            network="feedforward:Feedforward",
            size=64,
            heatmap_layer=None,
            training=STUDY,
            purpose="the feedforward network of a published study: here to be compared with, not to inspect parts",
            limits=STUDY_LIMITS,
        ),
        Architecture(
            name="logistic_regression",
            title="logistic regression",
            network="logistic_regression:LogisticRegression",
            size=64,
            heatmap_layer=None,
            training=STUDY,
            purpose="logistic regression as in a published study: here to be compared with, not to inspect parts",
            limits=STUDY_LIMITS,
        ),
        Architecture(
            name="brightness",
            title="mean brightness alone",
            network="brightness:Brightness",
            size=64,
            heatmap_layer=None,
            # two weights, which would not arrive at the study's pace
            training={**STUDY, "learning_rate": 1e-2, "schedule": "cosine"},
            purpose="sees nothing of a picture but its mean brightness: the floor that any model has to be read "
            "beside, not a way to inspect parts",
            limits=(
                "Sees nothing of a picture but its mean brightness: it is the floor that any model has to be read "
                "beside, not a way to inspect parts.",
            ),
            baseline=True,
        ),
    )
}
BASELINE = next(name for name, each in ARCHITECTURES.items() if each.baseline)


def architecture(name: str) -> Architecture:
    """Return the architecture of that name. Raises `ModelError` where there is none."""
    if name not in ARCHITECTURES:
        raise ModelError(
            f"There is no network {name!r}; there are: {', '.join(sorted(ARCHITECTURES))}. "
            "A new one is a module of casting_core.networks and an entry in its registry."
        )
    return ARCHITECTURES[name]
