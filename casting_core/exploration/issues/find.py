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

import numpy as np
import pandas as pd

from casting_core.exploration.issues.image_issues import badly_exposed, blurred, cut_off, outliers
from casting_core.exploration.issues.issue import Issue, IssueType, each
from casting_core.exploration.issues.label_issues import copies, disagreements, mixed_photographs
from casting_core.networks.thresholds import Thresholds

__all__ = ["Issue", "IssueType", "find_issues"]

MEASURED = ("brightness", "dark", "bright", "sharpness", "margin")
DOUBTED = "The data set's own table lists this label as doubtful."
NO_PART = "No part was found in this picture."


def find_issues(
    rows: pd.DataFrame,
    *,
    thresholds: Thresholds | None = None,
    edges: np.ndarray | None = None,
    features: np.ndarray | None = None,
) -> tuple[Issue, ...]:
    """All findings on N pictures, by kind, the worst of a kind first; what is left out is not known, nor judged by.

    Parameters
    ----------
    rows : N pictures, numbered from 0, with any of these columns; others may be there.

        - `positive` bool: filed as defective.
        - `source` int: the photograph; negative where unknown, and then nothing is said of it.
        - `sha256` str: empty where unknown.
        - `probability` float in [0, 1] of *defective*, by a model that had not seen the picture's photograph; NaN
          where unknown.
        - `suspect` bool: whose label is doubted in the set's own table.
        - `part_found` bool.
        - `brightness`, `dark`, `bright`, `sharpness`, `margin` float, as in `data.part.measures`; NaN where unknown.
    thresholds : of the model that gave the probabilities, which are not looked at without them.
    edges : int (E, 2), pairs of pictures that are known to be copies of one photograph.
    features : float (N, D), rows of length 1, zeros where unknown.
    """
    given = {name: rows[name].to_numpy() for name in rows}
    unknown, photograph = np.full(len(rows), np.nan), given.get("source", np.full(len(rows), -1))
    found: list[Issue] = []
    if "positive" in given:
        filed = given["positive"]
        if thresholds is not None:
            found += disagreements(filed, given["probability"], photograph, thresholds)
        found += mixed_photographs(filed, photograph)
        found += copies(filed, given.get("sha256", np.full(len(rows), "")), edges)
    found += each(given.get("suspect", np.zeros(len(rows), bool)), IssueType.DOUBTED, lambda i: 1.0, lambda i: DOUBTED)
    if features is not None:
        found += outliers(features, photograph)
    level, dark, bright, sharpness, margin = (np.asarray(given.get(n, unknown), np.float64) for n in MEASURED)
    found += [*badly_exposed(level, dark, bright), *blurred(sharpness), *cut_off(margin)]
    if "part_found" in given:
        found += each(~given["part_found"], IssueType.NO_PART, lambda i: 1.0, lambda i: NO_PART)
    kinds = list(IssueType)
    return tuple(sorted(found, key=lambda finding: (kinds.index(finding.kind), -finding.score, finding.index)))
