"""Pictures of a data set that a person should look at: doubtful labels, odd pictures, poor photographs.

Nothing here says that a picture is wrong. Each rule is plain, and what it found is told in a sentence.

Doubtful labels, with a score in [0, 1] (`exploration.issues.label_issues`):

- `disagreement`: a model that had not seen the picture's photograph is sure of the other label: filed as sound with a
  probability of at least the reject threshold, or as defective with one below the pass threshold. Out-of-fold
  probabilities as a witness against labels: C. G. Northcutt, L. Jiang and I. L. Chuang, "Confident Learning: Estimating
  Uncertainty in Dataset Labels", JAIR 70, 2021. Score: the probability of the other label.
- `photograph_disagreement`: the same of the mean over all pictures of a photograph with one label, at least two; told
  of the picture that disagrees most. Copies of one photograph are right or wrong together.
- `mixed_photograph`: the picture has the rarer label of a photograph filed under both, or either where both are as
  frequent. Score: share of the photograph's pictures under the other label.
- `different_label_copy`: a file with the same bytes (score 1) or a known copy (0.5) is filed under the other label.
- `doubted`: the table of the set says that the label is doubted. Score 1.

Odd pictures and poor photographs, with a score of how far they go (`exploration.issues.image_issues`). All bounds are
beside what is usual in the set (`exploration.issues.outliers`); the difference that a rule asks for beside the z-score
is set by hand, and keeps it quiet in very even sets:

- `outlier`: the distance to the nearest pictures of other photographs has a modified z-score over 3.5, and is at least
  0.05 more than usual. Score: z.
- `dark`, `bright`: brightness has a z beyond 3.5 and differs by at least 40 of 255 gray levels; or the share of black
  (white) pixels is at least a tenth of the part more than usual, so much being lost. Score: the larger of z / 3.5 and
  that share / 0.1, so 1 is at the bound.
- `blurred`: the logarithm of sharpness has a z below -3.5, and no more than half of the usual fine detail is left.
  Score: -z.
- `cut_off`: the part's outline lies outside the frame by half a hundredth of its diameter, about a pixel. Score: how
  far, in diameters.
- `no_part`: no part was found. Score 1.

What is not known has no finding. What is usual needs ten known values; a set where all are alike has no outliers.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from casting_core.errors import SettingsError
from casting_core.exploration.issues.image_issues import measured, outliers
from casting_core.exploration.issues.issue import Issue, IssueType, each
from casting_core.exploration.issues.label_issues import copies, disagreements, mixed_photographs
from casting_core.networks.thresholds import Thresholds

__all__ = ["Issue", "IssueType", "find_issues"]

DOUBTED = "The data set's own table lists this label as doubtful."
NO_PART = "No part was found in this picture."


def find_issues(
    *,
    positive: np.ndarray | None = None,
    source: np.ndarray | None = None,
    sha256: Sequence[str] | None = None,
    probability: np.ndarray | None = None,
    thresholds: Thresholds | None = None,
    filed_suspect: np.ndarray | None = None,
    measures: Mapping[str, np.ndarray] | None = None,
    part_found: np.ndarray | None = None,
    edges: np.ndarray | None = None,
    features: np.ndarray | None = None,
) -> tuple[Issue, ...]:
    """All findings on N pictures, by kind, the worst of a kind first; what is None is not known, and not judged by.

    Parameters
    ----------
    positive : bool (N,), filed as defective.
    source : int (N,), the photograph; negative where unknown, and then nothing is said of it.
    sha256 : N texts; empty where unknown.
    probability : float (N,) in [0, 1] of *defective*, by a model that had not seen the picture's photograph; NaN where
        unknown. With it `thresholds` are needed.
    filed_suspect : bool (N,), whose label is doubted in the set's own table.
    measures : of those in `data.part.measures`, `brightness`, `dark`, `bright`, `sharpness` and `margin`; float (N,),
    NaN
        where unknown. Others may be there.
    part_found : bool (N,).
    edges : int (E, 2), pairs of pictures that are known to be copies of one photograph.
    features : float (N, D), rows of length 1, zeros where unknown.

    Raises `SettingsError` where arrays differ in length, or a value is outside of its range.
    """
    columns = {
        "positive": positive,
        "source": source,
        "sha256": sha256,
        "probability": probability,
        "filed_suspect": filed_suspect,
        "part_found": part_found,
        "features": features,
        **(measures or {}),
    }
    count = _count({name: len(values) for name, values in columns.items() if values is not None})
    photograph = np.full(count, -1) if source is None else np.asarray(source)
    found: list[Issue] = []
    if positive is not None:
        filed = np.asarray(positive, bool)
        if probability is not None:
            if thresholds is None:
                raise SettingsError("Probabilities need the thresholds of the model that gave them.")
            found += disagreements(filed, _probabilities(probability), photograph, thresholds)
        found += mixed_photographs(filed, photograph)
        found += copies(filed, sha256, _pairs(edges, count))
    if filed_suspect is not None:
        found += each(np.asarray(filed_suspect, bool), IssueType.DOUBTED, lambda i: 1.0, lambda i: DOUBTED)
    if features is not None:
        found += outliers(features, photograph)
    found += measured(measures or {}, count)
    if part_found is not None:
        found += each(~np.asarray(part_found, bool), IssueType.NO_PART, lambda i: 1.0, lambda i: NO_PART)
    kinds = list(IssueType)
    return tuple(sorted(found, key=lambda finding: (kinds.index(finding.kind), -finding.score, finding.index)))


def _count(lengths: Mapping[str, int]) -> int:
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SettingsError(f"Expected one value a picture in every array, got different lengths: {told}.")
    return next(iter(lengths.values()), 0)


def _probabilities(probability: np.ndarray) -> np.ndarray:
    values = np.asarray(probability, np.float64)
    wrong = values[~np.isnan(values) & ~((values >= 0) & (values <= 1))]
    if len(wrong):
        raise SettingsError(f"Expected probabilities from 0 to 1, or NaN where unknown, got {wrong[0]}.")
    return values


def _pairs(edges: np.ndarray | None, count: int) -> np.ndarray:
    pairs = np.zeros((0, 2), np.intp) if edges is None else np.asarray(edges)
    if not pairs.size:
        return np.zeros((0, 2), np.intp)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.min() < 0 or pairs.max() >= count:
        raise SettingsError(f"Expected pairs (E, 2) of pictures from 0 to {count - 1}, got an array {pairs.shape}.")
    return pairs
