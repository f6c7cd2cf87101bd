"""How far a picture lies from what is usual in its set: robust scores, and distances to the nearest other pictures.

Scores are modified z-scores, which a few odd values cannot shift as they shift mean and standard deviation:
0.6745 (x - median) / MAD, with the median of the absolute deviations from the median, MAD, in place of a standard
deviation; beyond 3.5 a value counts as an outlier (B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers",
1993). Where more than half of the values are the same, the MAD is 0, and the mean absolute deviation takes its place,
divided by 0.7979, its share of a standard deviation. Where all are the same, every score is 0.

The distance of a picture is the mean cosine distance to its nearest pictures of other photographs (a k-nearest-
neighbour score, after S. Ramaswamy et al., "Efficient algorithms for mining outliers from large data sets", SIGMOD
2000). Copies of its own photograph do not count, or the oddest picture would be at home among them.
"""

import numpy as np

BOUND = 3.5  # of a score, beyond which a value is an outlier
LEAST = 10  # known values, below which nothing is usual yet
NEAREST = 10  # pictures of other photographs
CELLS = 1 << 22  # similarities in memory together: 16 MB


def modified_z(values: np.ndarray) -> np.ndarray:
    """Robust scores of values, float (N,), NaN where unknown; float64 (N,), NaN where unknown.

    Of fewer than ten known values none has a score: all are NaN.
    """
    values = np.asarray(values, np.float64)
    known = values[np.isfinite(values)]
    if len(known) < LEAST:
        return np.full(values.shape, np.nan)
    middle = np.median(known)
    off = np.abs(known - middle)
    spread = np.median(off) / 0.6745 or off.mean() / 0.7979
    with np.errstate(invalid="ignore"):
        scores = (values - middle) / spread if spread > 0 else np.zeros(values.shape)
    return np.where(np.isfinite(values), scores, np.nan)


def usual(values: np.ndarray) -> float:
    """Return the median of the known of float (N,); NaN, beside which nothing is odd, where they are fewer than ten."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) >= LEAST else float("nan")


def distances(features: np.ndarray, source: np.ndarray, *, nearest: int = NEAREST) -> np.ndarray:
    """Mean cosine distance of every picture to its `nearest` most alike pictures of other photographs.

    Parameters
    ----------
    features : float (N, D), rows of length 1; a row of zeros or with a NaN is unknown.
    source : int (N,), photographs; a picture with a negative one counts as a photograph of its own.

    Returns
    -------
    float64 (N,) in [0, 2]; NaN where the picture is unknown or no other photograph is known. Where fewer pictures of
    others are known, all of them are taken. Similarities are computed block by block, so memory grows with N only.
    """
    features = np.asarray(features, np.float32)
    result = np.full(len(features), np.nan)
    length = np.linalg.norm(features, axis=1)
    known = np.flatnonzero(np.isfinite(length) & (length > 1e-6))
    rows = features[known] / length[known, None]
    _, group = np.unique(source[known], return_inverse=True)
    alone = source[known] < 0
    group[alone] = group.max(initial=0) + 1 + np.arange(alone.sum())
    others = len(known) - np.bincount(group, minlength=1)[group]  # known pictures of other photographs
    block = max(1, CELLS // max(len(known), 1))
    for start in range(0, len(known), block):
        mine = slice(start, start + block)
        similarity = rows[mine] @ rows.T  # (B, M)
        similarity[group[mine, None] == group[None]] = -np.inf
        count = min(nearest, len(known))
        best = np.partition(similarity, len(known) - count, axis=1)[:, len(known) - count :]
        taken = np.minimum(others[mine], count)
        total = np.where(np.isfinite(best), best, 0).sum(1, dtype=np.float64)
        mean = np.divide(total, taken, out=np.full(len(taken), np.nan), where=taken > 0)
        result[known[mine]] = np.clip(1 - mean, 0, 2)
    return result
