"""What can be asked of a picture beside its verdict, which none of it changes.

- Seen before: is the verdict recall of a photograph that the model was trained on (`data.provenance.seen_before`)?
- Precedents: which known castings does the model see most alike (`explanation.precedents`)?
- Proof: does the verdict fall when what was marked is repaired (`explanation.proof`)?
- Stability: does it hold when the picture is turned and lit otherwise (`inspection.stability`)?
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from casting_core.data.images import Source
from casting_core.data.provenance.library import read_signatures
from casting_core.data.provenance.seen_before import SeenBefore, look_up
from casting_core.explanation.precedents import Precedent, describe, read_precedents
from casting_core.explanation.proof import Proof, prove
from casting_core.explanation.repair import Look
from casting_core.inspection.inspector import Inspector
from casting_core.inspection.photograph import Photograph
from casting_core.inspection.stability import Stability, check_stability
from casting_core.labels import Label
from casting_core.networks.card import MODELS, folder_of
from casting_core.system.json_records import to_json

Precedents = dict[Label, tuple[Precedent, ...]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Examination:
    """The answers for one picture.

    `seen_before` is None where it shows no photograph of the public training set, or the model was trained on other
    pictures, whose signatures do not ship; `precedents` where the model has no features to compare; `proof` where no
    part was found, the model has no map, nothing is marked, or the picture is unusable.
    """

    seen_before: SeenBefore | None
    precedents: Precedents | None
    proof: Proof | None
    stability: Stability

    def to_json(self) -> dict[str, Any]:
        """As plain values that strict JSON can hold; the repaired picture is left out."""
        return {name: to_json(value) for name, value in vars(self).items()}


def examine(inspector: Inspector, source: Source, *, root: Path | None = None) -> Examination:
    """Answer all four.

    Parameters
    ----------
    source : as for `Inspector.inspect`.
    root : the data root, where the training pictures are at hand: a photograph that was seen before is then confirmed
        by laying the two on each other.

    Raises
    ------
    ImageError
        The picture cannot be decoded.
    ModelError
        The model's precedents are damaged, or of other weights.
    """
    photograph = Photograph(source, limits=inspector.limits)
    seen = seen_before(photograph, root=root) if inspector.card.on_public_set else None
    return Examination(
        seen_before=seen,
        precedents=precedents(inspector, photograph, without=None if seen is None else seen.source),
        proof=proof(inspector, photograph),
        stability=check_stability(inspector, photograph.picture().pixels),
    )


def seen_before(photograph: Photograph, *, root: Path | None = None) -> SeenBefore | None:
    """Return the training photograph that a picture shows, if any; for `root` see `examine`."""
    picture = photograph.picture()
    return look_up(picture.pixels, photograph.part(), read_signatures(), root=root, sha256=picture.sha256)


def precedents(inspector: Inspector, photograph: Photograph, *, without: int | None = None) -> Precedents | None:
    """Return the known castings of both classes that the model sees most alike; None for a model without features.

    `without`: the source photograph that the picture itself shows.
    """
    known = read_precedents(folder_of(inspector.card.name, MODELS), inspector.card)
    if known is None:
        return None
    features = describe(inspector.network, inspector.prepare(photograph.picture().pixels))
    return None if features is None else known.nearest(features, without=without)


def proof(inspector: Inspector, photograph: Photograph) -> Proof | None:
    """Repair what the model marks, and judge again; None where it has no map or there is nothing to repair."""
    part = photograph.part() if inspector.card.gates and inspector.network.has_map else None
    if part is None:
        return None
    look = cast(Look, inspector.look)  # the network has a map
    return prove(photograph.picture().pixels, part, look, enough=inspector.card.threshold_pass)
