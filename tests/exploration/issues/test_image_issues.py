"""Image issues: outliers, exposure, blur, parts cut off."""

import numpy as np
import pytest

from casting_core.exploration.issues.find import IssueType
from tests.exploration.issues.conftest import SEVERAL, found, issues, scores


def even(centre: float, spread: float) -> np.ndarray:
    """Values spread evenly around a centre; their median is the centre."""
    return centre + spread * np.linspace(-1, 1, SEVERAL)


def test_a_picture_unlike_all_others() -> None:
    rng = np.random.default_rng(0)
    features = np.array([1.0, 0, 0, 0]) + 0.2 * rng.normal(size=(SEVERAL, 4))
    features[[7, 8]] = [0, 0, 1, 0.5], [0, 0.01, 1, 0.5]  # two copies of one photograph, alone together
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    source = np.arange(SEVERAL)
    source[8] = 7
    strange = scores(IssueType.OUTLIER, features=features.astype(np.float32), source=source)
    assert set(strange) == {7, 8}
    assert min(strange.values()) > 3.5
    assert scores(IssueType.OUTLIER, features=features.astype(np.float16), source=source).keys() == {7, 8}


def test_in_a_very_even_set_small_differences_are_no_outliers() -> None:
    angle = np.append(np.zeros(SEVERAL), 0.2)  # a cosine distance of 0.02, and 0 usually
    features = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert not found(IssueType.OUTLIER, features=features)
    angle[-1] = 0.4  # of 0.08
    assert set(found(IssueType.OUTLIER, features=np.stack([np.cos(angle), np.sin(angle)], axis=1))) == {SEVERAL}


def test_exposure_by_mean_brightness() -> None:
    level = even(130, 10)
    level[[0, 1, 2, 3]] = 60, 200, 105, np.nan
    measures = {"brightness": level}
    assert set(found(IssueType.DARK, **measures)) == {0}  # 105 is odd here, but not 40 levels away
    assert set(found(IssueType.BRIGHT, **measures)) == {1}
    assert "mean brightness is 60, and usually 13" in found(IssueType.DARK, **measures)[0].sentence
    wide = even(130, 120)
    assert not issues(brightness=wide)  # far from the middle, but usual


def test_exposure_by_what_is_lost() -> None:
    dark, bright = np.full(SEVERAL, 0.02), np.full(SEVERAL, 0.3)
    dark[[4, 5]] = 0.11, 0.32
    bright[6] = 0.5
    measures = {"dark": dark, "bright": bright, "brightness": even(130, 10)}
    assert scores(IssueType.DARK, **measures) == pytest.approx({5: 3})
    assert scores(IssueType.BRIGHT, **measures) == pytest.approx({6: 2})
    assert found(IssueType.DARK, **measures)[5].sentence == (
        "32 % of the part is black and shows nothing; usually it is 2 % in this set."
    )


def test_blur() -> None:
    """The robust spread is 0.05 / 0.6745 = 0.074, and 3.5 of it are 0.26; but half the detail, 0.30, must be gone."""
    sharpness = even(2.4, 0.1)
    sharpness[[0, 1, 2]] = 2.12, 1.4, 3.4
    blurred = found(IssueType.BLURRED, sharpness=sharpness)
    assert set(blurred) == {1}
    assert blurred[1].score == pytest.approx(1 / 0.074, rel=0.15)
    assert blurred[1].sentence == "It has 10 % of the fine detail that is usual in this set."


def test_a_part_that_is_cut_off() -> None:
    margin = np.array([0.1, 0.0, -0.004, -0.03, np.nan])
    given = {"margin": margin, "x": np.zeros(5)}
    assert scores(IssueType.CUT_OFF, **given) == {3: 0.03}
    assert "reaches 3 % of its diameter beyond the frame" in found(IssueType.CUT_OFF, **given)[3].sentence
