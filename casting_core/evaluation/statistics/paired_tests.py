"""Whether two models differ by more than chance on the same pictures.

1. McNemar's test looks only at pictures that one of the two judges right and the other wrong: were both equally good,
   each would be as likely one way as the other. Exact and two-sided, by the binomial distribution.
2. It takes pictures for independent. Here up to 339 are turned and mirrored copies of one photograph and fall
   together, so that its p is far too small. The test that counts is over photographs: were both models equally good,
   they could change names on any photograph, which turns the sign of the difference of their errors on it. p is the
   share of all 2^S ways to turn S signs whose sum is at least as far from zero as the one that was found. The sum is
   of whole numbers, so all ways are counted exactly, one photograph after the other. With one picture a photograph it
   is McNemar's exact test.

Sources: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
1947; the sign-flipping test of paired differences is R. A. Fisher's, "The Design of Experiments", 1935, section 21,
with photographs in place of his pairs; that copies must be tested by clusters: N. A. Obuchowski, "On the comparison
of correlated proportions for clustered data", 1998.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from casting_core.estimate import Estimate
from casting_core.evaluation.statistics.bootstrap import mean_interval


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Two models on the same pictures.

    `only_first`, `only_second`: pictures that this one alone judged right; `p_pictures`: McNemar's exact p;
    `p_photographs`: the one to go by, see the module. Both are 1 where the models never disagree on who is wrong.
    `difference`: accuracy of the first minus that of the second, in [-1, 1], with its 95 % interval over photographs;
    None without pictures, without interval on a single photograph. Models that are right on
    the same pictures have no interval but (0, 0): it says nothing of castings on which they would differ.
    """

    pictures: int
    photographs: int
    only_first: int
    only_second: int
    p_pictures: float
    p_photographs: float
    difference: Estimate | None


def mcnemar(
    first_right: np.ndarray, second_right: np.ndarray, positive: np.ndarray, source: np.ndarray
) -> Disagreement:
    """Compare two models by which of N pictures each judged right, bool (N,).

    `positive` bool (N,) are the labels, `source` int (N,) the photographs.
    """
    ahead = np.asarray(first_right, np.int64) - np.asarray(second_right, np.int64)  # 1, 0 or -1 a picture
    only_first, only_second = int((ahead > 0).sum()), int((ahead < 0).sum())
    sources, group = np.unique(source, return_inverse=True)
    by_source = np.bincount(group, weights=ahead, minlength=len(sources))  # (S,)
    difference = mean_interval(ahead, source, positive)
    if difference and len(sources) == 1:
        difference = Estimate(value=difference.value)
    disagreed = only_first + only_second
    return Disagreement(
        pictures=len(ahead),
        photographs=len(sources),
        only_first=only_first,
        only_second=only_second,
        p_pictures=float(binomtest(only_first, disagreed).pvalue) if disagreed else 1.0,
        p_photographs=sign_flip_p(by_source.astype(np.int64)),
        difference=difference,
    )


def sign_flip_p(differences: np.ndarray) -> float:
    """Two-sided p of whole differences, int (S,): how often random signs give a sum at least as far from zero.

    Exact; 1 where all are zero or there are none.

    Examples
    --------
    >>> sign_flip_p(np.array([1, 1, 1, 1]))
    0.125
    """
    sizes = np.abs(differences[differences != 0])
    reach = int(sizes.sum())
    chance = np.zeros(2 * reach + 1)  # of each sum from -reach to reach
    chance[reach] = 1.0
    for size in sizes:
        chance = (np.roll(chance, size) + np.roll(chance, -size)) / 2  # never beyond reach, so nothing wraps around
    sums = np.abs(np.arange(-reach, reach + 1))
    return min(1.0, float(chance[sums >= abs(int(differences.sum()))].sum()))
