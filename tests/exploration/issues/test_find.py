"""Suspicious pictures: every rule on a case worked out by hand, silence where nothing is known, and its order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casting_core.errors import SettingsError
from casting_core.exploration.issues.find import Issue, IssueType, find_issues
from casting_core.exploration.issues.issue import percent

LIMITS = {"threshold_pass": 0.2, "threshold_reject": 0.7}
SEVERAL = 40  # pictures, enough for something to be usual


def found(kind: IssueType, **given: object) -> dict[int, Issue]:
    """Findings of one kind by picture."""
    return {each.index: each for each in find_issues(**given) if each.kind is kind}


def scores(kind: IssueType, **given: object) -> dict[int, float]:
    return {index: each.score for index, each in found(kind, **given).items()}


def even(centre: float, spread: float) -> np.ndarray:
    """Values spread evenly around a centre; their median is the centre."""
    return centre + spread * np.linspace(-1, 1, SEVERAL)


def test_a_model_that_is_sure_of_the_other_label() -> None:
    positive = np.array([False, False, False, True, True, True, True])
    probability = np.array([0.7, 0.69, 0.95, 0.19, 0.2, 0.9, np.nan])
    given = {"positive": positive, "probability": probability, **LIMITS}
    assert scores(IssueType.DISAGREEMENT, **given) == pytest.approx({0: 0.7, 2: 0.95, 3: 0.81})
    sentences = [each.sentence for each in find_issues(**given)]
    assert sentences[0] == (
        "Filed as sound, but a model that had not seen this part holds it to be defective with a probability of 95 %."
    )
    assert "Filed as defective" in sentences[1]
    assert "to be sound with a probability of 81 %" in sentences[1]


def test_a_model_that_disagrees_over_a_whole_photograph() -> None:
    """Photograph 0: mean 0.75 as sound. 1: mean 0.6. 2: one picture only. 3: two labels, of which one is doubted by
    a mean of 0.1. -1: unknown, which is no photograph."""
    source = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, -1, -1])
    positive = np.array([0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0], bool)
    probability = np.array([0.6, 0.9, np.nan, 0.3, 0.9, 0.99, 0.15, 0.05, 0.1, 0.9, 0.9])
    given = {"positive": positive, "probability": probability, "source": source, **LIMITS}
    assert scores(IssueType.PHOTOGRAPH_DISAGREEMENT, **given) == pytest.approx({1: 0.75, 7: 0.9})
    assert found(IssueType.PHOTOGRAPH_DISAGREEMENT, **given)[1].sentence == (
        "2 pictures of this photograph are filed as sound; on average, a model that had not seen it holds them to be "
        "defective with a probability of 75 %."
    )


def test_a_photograph_under_both_labels() -> None:
    source = np.array([5, 5, 5, 5, 8, 8, 9, -1, -1])
    positive = np.array([1, 0, 0, 0, 1, 0, 1, 0, 1], bool)
    given = {"positive": positive, "source": source}
    assert scores(IssueType.MIXED_PHOTOGRAPH, **given) == {0: 0.75, 4: 0.5, 5: 0.5}
    assert found(IssueType.MIXED_PHOTOGRAPH, **given)[0].sentence == (
        "Filed as defective, but 3 of the 4 pictures of its photograph are filed as sound."
    )


def test_copies_under_another_label() -> None:
    positive = np.array([1, 0, 0, 1, 0, 1, 0], bool)
    sha256 = ["a", "a", "a", "b", "", "", "c"]
    edges = np.array([[3, 4], [4, 6], [1, 1]])
    given = {"positive": positive, "sha256": sha256, "edges": edges}
    assert scores(IssueType.DIFFERENT_LABEL_COPY, **given) == {0: 1, 1: 1, 2: 1, 3: 0.5, 4: 0.5}
    sentences = {i: each.sentence for i, each in found(IssueType.DIFFERENT_LABEL_COPY, **given).items()}
    assert sentences[0] == "Filed as defective, but a file with the same bytes is filed as sound."
    assert sentences[4] == "Filed as sound, but a copy of it is filed as defective."
    only = {"positive": positive, "edges": edges}
    assert scores(IssueType.DIFFERENT_LABEL_COPY, **only) == {3: 0.5, 4: 0.5}


def test_what_the_set_says_itself() -> None:
    given = {"filed_suspect": np.array([False, True]), "part_found": np.array([False, True])}
    assert [(each.kind, each.index, each.score) for each in find_issues(**given)] == [
        (IssueType.DOUBTED, 1, 1),
        (IssueType.NO_PART, 0, 1),
    ]


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
    assert set(found(IssueType.DARK, measures=measures)) == {0}  # 105 is odd here, but not 40 levels away
    assert set(found(IssueType.BRIGHT, measures=measures)) == {1}
    assert "mean brightness is 60, and usually 13" in found(IssueType.DARK, measures=measures)[0].sentence
    wide = even(130, 120)
    assert not find_issues(measures={"brightness": wide})  # far from the middle, but usual


def test_exposure_by_what_is_lost() -> None:
    dark, bright = np.full(SEVERAL, 0.02), np.full(SEVERAL, 0.3)
    dark[[4, 5]] = 0.11, 0.32
    bright[6] = 0.5
    measures = {"dark": dark, "bright": bright, "brightness": even(130, 10)}
    assert scores(IssueType.DARK, measures=measures) == pytest.approx({5: 3})
    assert scores(IssueType.BRIGHT, measures=measures) == pytest.approx({6: 2})
    assert found(IssueType.DARK, measures=measures)[5].sentence == (
        "32 % of the part is black and shows nothing; usually it is 2 % in this set."
    )


def test_blur() -> None:
    """The robust spread is 0.05 / 0.6745 = 0.074, and 3.5 of it are 0.26; but half the detail, 0.30, must be gone."""
    sharpness = even(2.4, 0.1)
    sharpness[[0, 1, 2]] = 2.12, 1.4, 3.4
    blurred = found(IssueType.BLURRED, measures={"sharpness": sharpness})
    assert set(blurred) == {1}
    assert blurred[1].score == pytest.approx(1 / 0.074, rel=0.15)
    assert blurred[1].sentence == "It has 10 % of the fine detail that is usual in this set."


def test_a_part_that_is_cut_off() -> None:
    margin = np.array([0.1, 0.0, -0.004, -0.03, np.nan])
    given = {"measures": {"margin": margin, "x": np.zeros(5)}}
    assert scores(IssueType.CUT_OFF, **given) == {3: 0.03}
    assert "reaches 3 % of its diameter beyond the frame" in found(IssueType.CUT_OFF, **given)[3].sentence


def test_findings_come_by_kind_and_the_worst_first() -> None:
    positive = np.zeros(4, bool)
    told = find_issues(
        positive=positive,
        probability=np.array([0.8, 0.9, 0.8, 0.1]),
        part_found=np.array([True, True, False, True]),
        measures={"margin": np.array([0.1, -0.1, -0.2, 0.1])},
        **LIMITS,
    )
    assert [(each.kind, each.index) for each in told] == [
        (IssueType.DISAGREEMENT, 1),
        (IssueType.DISAGREEMENT, 0),
        (IssueType.DISAGREEMENT, 2),
        (IssueType.CUT_OFF, 2),
        (IssueType.CUT_OFF, 1),
        (IssueType.NO_PART, 2),
    ]


@given(st.permutations(range(14)))
def test_the_order_of_the_pictures_does_not_matter(order: list[int]) -> None:
    rng = np.random.default_rng(0)
    given = {
        "positive": rng.random(14) < 0.5,
        "source": rng.integers(-1, 5, 14),
        "sha256": np.array(list("aabbccddeeffgg")),
        "probability": rng.random(14),
        "filed_suspect": rng.random(14) < 0.3,
        "features": rng.normal(size=(14, 3)),
        "part_found": rng.random(14) < 0.7,
    }
    margin = rng.normal(size=14)
    place = np.argsort(order)
    edges = np.array([[0, 5], [3, 9]])

    def told(take: np.ndarray, pairs: np.ndarray) -> set[tuple[int, str, str]]:
        shuffled = {name: values[take] for name, values in given.items()}
        every = find_issues(**shuffled, measures={"margin": margin[take]}, edges=pairs, **LIMITS)
        return {(int(take[each.index]), str(each.kind), each.sentence) for each in every}

    assert told(np.array(order), place[edges]) == told(np.arange(14), edges)


def test_what_is_not_known_has_no_finding() -> None:
    assert find_issues() == ()
    nothing = np.full(SEVERAL, np.nan)
    names = ("brightness", "dark", "bright", "sharpness", "margin")
    assert not find_issues(
        positive=np.arange(SEVERAL) % 2 == 0,
        source=np.full(SEVERAL, -1),
        sha256=[""] * SEVERAL,
        probability=nothing,
        measures=dict.fromkeys(names, nothing),
        features=np.zeros((SEVERAL, 2)),
        edges=np.zeros((0, 2), int),
        **LIMITS,
    )


@pytest.mark.parametrize("count", [0, 1, 9])
def test_few_pictures_have_nothing_usual(count: int) -> None:
    """Even where one of them is black and blurred."""
    odd = np.arange(count) == count - 1
    measures = {"brightness": np.where(odd, 0, 200.0), "dark": odd.astype(float), "sharpness": np.where(odd, -3, 3.0)}
    told = find_issues(
        positive=np.zeros(count, bool),
        source=np.arange(count),
        sha256=["a"] * count,
        probability=np.full(count, 0.5),
        filed_suspect=np.zeros(count, bool),
        part_found=np.ones(count, bool),
        measures=measures,
        features=np.eye(max(count, 1))[:count],
        **LIMITS,
    )
    assert told == ()


def test_pictures_that_are_all_alike_are_not_suspicious() -> None:
    same = dict.fromkeys(("brightness", "dark", "bright", "sharpness", "margin"), np.full(SEVERAL, 0.5))
    assert not find_issues(features=np.ones((SEVERAL, 3)), source=np.arange(SEVERAL), measures=same)


def test_wrong_input_is_refused() -> None:
    two = np.zeros(2, bool)
    with pytest.raises(SettingsError, match="different lengths: positive 2, probability 3"):
        find_issues(positive=two, probability=np.zeros(3), **LIMITS)
    with pytest.raises(SettingsError, match="different lengths: source 2, sharpness 1"):
        find_issues(source=np.zeros(2, int), measures={"sharpness": np.zeros(1)})
    with pytest.raises(SettingsError, match="thresholds 0 <= pass <= reject <= 1, got None"):
        find_issues(positive=two, probability=np.zeros(2))
    with pytest.raises(SettingsError, match=r"got 0\.7 and 0\.2"):
        find_issues(positive=two, probability=np.zeros(2), threshold_pass=0.7, threshold_reject=0.2)
    with pytest.raises(SettingsError, match=r"probabilities from 0 to 1.*got 1\.5"):
        find_issues(positive=two, probability=np.array([np.nan, 1.5]), **LIMITS)
    for edges in ([[0, 2]], [[-1, 0]], [0, 1], [[0, 1, 1]]):
        with pytest.raises(SettingsError, match="pairs"):
            find_issues(positive=two, edges=np.array(edges))


def test_every_kind_has_words_for_a_manager() -> None:
    assert len({kind.title for kind in IssueType}) == len(IssueType)
    for kind in IssueType:
        assert kind.title[0].isupper()
        assert not kind.title.endswith(".")
        assert kind.explanation.endswith(".")
        assert kind.explanation.count(".") == 1


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    told = [percent(share) for share in (0, 0.0004, 0.004, 0.05, 0.5, 0.996, 0.99999, 1)]
    assert told == ["0 %", "under 0.1 %", "0.4 %", "5 %", "50 %", "99.6 %", "over 99.9 %", "100 %"]
