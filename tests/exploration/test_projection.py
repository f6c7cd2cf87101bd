"""Both maps: their axes against scikit-learn and by hand, neighbours kept, degenerate sets decided."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from casting_core.exploration.projection import COMPONENTS, project


def clusters(each: int = 12, width: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Three clusters far from each other, float32 (3 each, width), and which picture belongs to which."""
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 10, (3, width))
    group = np.repeat(np.arange(3), each)
    return (centres[group] + rng.normal(0, 1, (3 * each, width))).astype(np.float32), group


def test_the_axes_are_the_principal_components_of_the_standardised_features() -> None:
    described, _ = clusters()
    scaled = (described - described.mean(0)) / described.std(0)
    reference = PCA(2).fit(scaled)
    found = project(described)
    for mine, theirs in zip(found.pca.T, reference.transform(scaled).T, strict=True):
        np.testing.assert_allclose(np.abs(mine), np.abs(theirs), atol=1e-3)
    assert found.explained == pytest.approx(tuple(reference.explained_variance_ratio_), abs=1e-4)
    values = np.linalg.svd(scaled, compute_uv=False) ** 2
    assert found.explained == pytest.approx(tuple(values[:2] / values.sum()), abs=1e-4)


def test_units_of_the_features_do_not_matter() -> None:
    described, _ = clusters()
    units = np.geomspace(0.01, 100, described.shape[1], dtype=np.float32)
    one, other = project(described), project(described * units + 3)
    np.testing.assert_allclose(np.abs(one.pca), np.abs(other.pca), atol=0.01)
    np.testing.assert_allclose(one.features @ one.features.T, other.features @ other.features.T, atol=0.01)


@pytest.mark.parametrize("kind", ["features", "pca", "tsne"])
def test_the_nearest_other_picture_is_of_the_same_cluster(kind: str) -> None:
    described, group = clusters()
    places = getattr(project(described), kind)
    distance = ((places[:, None] - places) ** 2).sum(-1)
    np.fill_diagonal(distance, np.inf)
    assert (group[distance.argmin(1)] == group).all()


def test_the_same_pictures_lie_in_the_same_places() -> None:
    described, _ = clusters()
    one, other = project(described), project(described.copy())
    for name in ("features", "pca", "tsne"):
        assert (getattr(one, name) == getattr(other, name)).all()


def test_features_have_length_one_and_at_most_as_many_columns_as_are_kept() -> None:
    described = np.random.default_rng(1).normal(size=(60, 128)).astype(np.float32)
    found = project(described)
    assert found.features.shape == (60, COMPONENTS)
    assert found.features.dtype == found.pca.dtype == found.tsne.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found.features, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "described",
    [
        np.zeros((0, 5), np.float32),
        np.ones((1, 5), np.float32),
        np.arange(10, dtype=np.float32).reshape(2, 5),
        np.full((7, 5), 3, np.float32),
        np.zeros((6, 0), np.float32),  # a network without features
    ],
    ids=["none", "one", "two", "all alike", "no features"],
)
def test_too_few_or_equal_pictures_lie_at_the_origin(described: np.ndarray) -> None:
    found = project(described)
    for places in (found.pca, found.tsne):
        assert places.shape == (len(described), 2)
        assert not places.any()
    assert len(found.features) == len(described)
    assert found.explained == (0, 0)


@pytest.mark.parametrize("count", [3, 4, 7])
def test_a_handful_of_pictures_is_laid_out(count: int) -> None:
    found = project(np.random.default_rng(count).normal(size=(count, 40)).astype(np.float32))
    assert np.isfinite(found.pca).all()
    assert np.isfinite(found.tsne).all()
    assert len({tuple(place) for place in found.tsne.tolist()}) == count


def test_along_one_direction_alone_there_is_no_second_axis() -> None:
    described = np.outer(np.arange(8), [1, 2, -1]).astype(np.float32)
    found = project(described)
    assert found.explained == pytest.approx((1, 0), abs=1e-6)
    assert np.isfinite(found.tsne).all()
    steps = np.diff(found.pca[:, 0])
    np.testing.assert_allclose(steps, steps[0], atol=1e-4)


def test_a_single_feature_is_a_line() -> None:
    found = project(np.arange(9, dtype=np.float32)[:, None] ** 2)
    assert found.explained == (1, 0)
    assert not found.pca[:, 1].any()
    assert np.isfinite(found.tsne).all()


def test_copies_lie_together() -> None:
    described, _ = clusters()
    described[5] = described[20]
    found = project(described)
    assert found.features[5] @ found.features[20] == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(found.pca[5], found.pca[20], atol=1e-4)
