"""All pictures of a set on a plane, by what a network sees in them: those that it sees alike lie near each other.

Two maps: principal components, which keep large distances and can be read as axes, and t-SNE, which keeps
neighbours together and shows clusters; distances between clusters mean little there. Both by scikit-learn, with a
fixed seed, so the same pictures always lie in the same places.

Sources: K. Pearson, "On lines and planes of closest fit to systems of points in space", 1901; L. van der Maaten and
G. Hinton, "Visualizing Data using t-SNE", Journal of Machine Learning Research 9, 2008.
"""

from dataclasses import dataclass

import numpy as np

SEED = 0
COMPONENTS = 48  # kept of the features, at most
PERPLEXITY = 30
STEPS = 500  # of t-SNE's descent


@dataclass(frozen=True, kw_only=True, eq=False)
class Projection:
    """N pictures on a plane."""

    features: np.ndarray  # float32 (N, D) of length 1, for distances
    pca: np.ndarray  # float32 (N, 2)
    tsne: np.ndarray  # float32 (N, 2)
    explained: tuple[float, float]  # shares of the variance, in [0, 1], that the two components carry


def project(described: np.ndarray) -> Projection:
    """Make both maps of features float32 (N, F). Fewer than three pictures, or all alike, lie at the origin."""
    from sklearn.decomposition import PCA

    count = len(described)
    zeros = np.zeros((count, 2), np.float32)
    if count < 3 or np.ptp(described, axis=0).max(initial=0.0) < 1e-9:
        return Projection(features=zeros, pca=zeros, tsne=zeros, explained=(0.0, 0.0))
    scaled = (described - described.mean(0)) / np.maximum(described.std(0), 1e-6)
    components = min(COMPONENTS, count - 1, described.shape[1])
    pca = PCA(components, svd_solver="full", random_state=SEED).fit(scaled)
    flat = pca.transform(scaled).astype(np.float32)
    white = flat / np.sqrt(pca.explained_variance_ + 0.01 * pca.explained_variance_[0]).astype(np.float32)
    features = white / np.maximum(np.linalg.norm(white, axis=1, keepdims=True), 1e-9)
    shares = [*map(float, pca.explained_variance_ratio_[:2]), 0.0]
    flat = np.pad(flat, ((0, 0), (0, max(0, 2 - flat.shape[1]))))  # a map has two axes
    return Projection(
        features=features.astype(np.float32), pca=flat[:, :2], tsne=_tsne(flat), explained=(shares[0], shares[1])
    )


def _tsne(flat: np.ndarray) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(flat) - 1) / 3)
    made = TSNE(perplexity=perplexity, init="pca", max_iter=STEPS, random_state=SEED, n_jobs=-1)
    return made.fit_transform(flat).astype(np.float32)
