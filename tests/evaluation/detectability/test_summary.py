"""Figures of detectability: by hand, from drawing photographs anew, and those of the shipped card from its trials."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from casting_core.evaluation.detectability.pod import Trials, fit_curve
from casting_core.evaluation.detectability.summary import BINS, resampled, summarise
from casting_core.evaluation.detectability.trials import FILE, HARMLESS, PUBLIC, RENDERED, Trial, read_trials
from casting_core.labels import Verdict
from casting_core.networks.card import MODELS, read_card
from casting_core.system.json_records import to_json
from tests.factories import trial

NO_DEFECT = trial()


def defects(kind: str, sizes: np.ndarray, hits: np.ndarray, *, photographs: int = 5) -> list[Trial]:
    """One trial a size, dealt out to the photographs; the map marks what is hit. 2 pixels are 1 percent."""
    return [
        trial(
            **{"kind": kind, "percent": float(size), "pixels": 2 * float(size), "photograph": number % photographs},
            **{"verdict": Verdict.DEFECTIVE if hit else Verdict.OK, "marked": bool(hit)},
        )
        for number, (size, hit) in enumerate(zip(sizes, hits, strict=True))
    ]


def study(seed: int = 0, count: int = 150) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = np.exp(np.linspace(np.log(0.7), np.log(15), count))
    return sizes, rng.random(count) < 1 / (1 + np.exp(-3 * np.log(sizes / 2.5)))


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the band over photographs does not matter, few draws do."""
    monkeypatch.setattr("casting_core.evaluation.detectability.summary.ROUNDS", 40)


@pytest.mark.usefixtures("few_rounds")
def test_false_calls_are_counted_apart():
    sound = [replace(NO_DEFECT, picture=str(n), photograph=n % 3) for n in range(6)]
    sound[0] = replace(sound[0], verdict=Verdict.REVIEW)
    harmless = [replace(each, kind=HARMLESS) for each in sound[1:]]
    figures = summarise(sound + harmless + defects("scratch", *study()))[PUBLIC]
    assert (figures.pictures, figures.photographs, figures.diameter) == (6, 3, 200)
    assert (figures.false_calls.count, figures.false_calls.of) == (1, 6)
    assert (figures.false_calls_harmless.count, figures.false_calls_harmless.of) == (0, 5)
    assert list(figures.kinds) == ["scratch"]


def test_sizes_are_those_of_the_fit():
    sizes, hits = study()
    figures = summarise(defects("burr", sizes, hits))[PUBLIC].kinds["burr"]
    curve = fit_curve(Trials.of(sizes, hits))
    assert (figures.fit, figures.a50.value) == ("likelihood", pytest.approx(curve.size_at(0.5), rel=1e-5))
    assert figures.a90.value == pytest.approx(curve.size_at(0.9), rel=1e-5)
    assert figures.a50.value < figures.a90.value < figures.a90_95.value
    assert figures.a90.value < figures.a90_95_photographs.value
    assert (figures.least, figures.most) == (sizes.min(), sizes.max())
    for name in ("hits", "a90", "a90_95"):
        assert getattr(figures.marked, name) == getattr(figures, name)
    band = figures.curve
    assert np.all(np.array(band.low) <= np.array(band.high))
    assert band.pod == pytest.approx(curve.pod(np.array(band.percent)), abs=1e-3)


@pytest.mark.usefixtures("few_rounds")
def test_bins_hold_every_trial_once_in_order_of_size():
    sizes, hits = study(1, 100)
    bins = summarise(defects("burr", sizes[::-1], hits[::-1]))[PUBLIC].kinds["burr"].bins
    assert len(bins) == BINS
    assert sum(each.trials for each in bins) == 100
    assert sum(each.hits for each in bins) == hits.sum()
    assert all(one.to < other.from_ for one, other in pairwise(bins))
    assert max(each.trials for each in bins) - min(each.trials for each in bins) <= 1


@pytest.mark.usefixtures("few_rounds")
@pytest.mark.parametrize(
    ("rule", "fit", "a90", "bound"),
    [
        (lambda sizes: sizes > 0, "all hit", "below", None),
        (lambda sizes: sizes < 0, "none hit", "above", "above"),
        (lambda sizes: (np.arange(len(sizes)) % 3 == 0) & (sizes < 5), "no rise", "above", "above"),
        (lambda sizes: sizes > 3, "firth", None, None),
    ],
)
def test_what_has_no_curve_of_greatest_likelihood(rule, fit: str, a90: str | None, bound: str | None):
    sizes, _ = study()
    figures = summarise(defects("burr", sizes, rule(sizes)))[PUBLIC].kinds["burr"]
    assert (figures.fit, figures.a90.beyond, figures.a90_95.beyond) == (fit, a90, bound)
    assert (figures.a90.value is None) == (a90 is not None)
    assert (figures.a90_95.value is None) == (bound is not None)
    assert (figures.intercept is None) == (fit in ("all hit", "none hit"))
    if fit == "all hit":
        assert (set(figures.curve.pod), figures.a90_95_photographs.beyond) == ({1.0}, "below")
    if fit == "none hit":
        assert set(figures.curve.high) == {0.0}


def test_a_base_without_trials_is_left_out():
    assert summarise([]) == {}
    alone = summarise([NO_DEFECT])
    assert (list(alone), alone[PUBLIC].kinds) == ([PUBLIC], {})
    assert alone[PUBLIC].diameter is None
    assert alone[PUBLIC].false_calls_harmless is None
    told = alone[PUBLIC].to_json()["false_calls_harmless"]
    assert told == {"count": 0, "of": 0, "share": None, "low": None, "high": None}


def test_copies_of_a_photograph_do_not_narrow_the_band():
    """20 photographs of which every second sees nothing: ten more pictures of each say nothing new."""
    sizes, hits = study(2, 400)
    photograph = np.arange(400) % 20
    hits = hits & (photograph % 2 == 0)
    grid = np.array([2.0, 5.0, 12.0])

    def width(times: int, group: np.ndarray) -> float:
        trials = Trials.of(np.tile(sizes, times), np.tile(hits, times))
        curves = resampled(trials, np.tile(group, times), grid, rounds=60)[1]
        return float(np.ptp(np.quantile(curves[:, 2], [0.05, 0.95])))

    assert width(10, photograph) == pytest.approx(width(1, photograph), rel=1e-3)
    assert width(1, photograph) > 2 * width(1, np.arange(400))  # than if every trial were a photograph of its own


def test_a_single_photograph_is_in_every_draw():
    sizes, hits = study(3)
    reached, curves = resampled(Trials.of(sizes, hits), np.zeros(len(sizes), int), sizes[:3], rounds=5)
    assert (np.ptp(reached), np.ptp(curves, axis=0)) == (0, pytest.approx(np.zeros(3)))


def test_the_card_holds_what_its_trials_give():
    found = to_json(summarise(read_trials(MODELS / "castnet" / FILE)))
    kept = read_card(MODELS / "castnet").metrics.to_json()["detectability"]
    assert set(kept) == {PUBLIC, RENDERED}
    made, card = flat(found), flat(kept)
    numbers = {name for name, value in card.items() if isinstance(value, int | float)}
    assert {name: made[name] for name in numbers} == pytest.approx(
        {name: card[name] for name in numbers}, rel=1e-3, abs=1e-6
    )
    assert {**made, **dict.fromkeys(numbers)} == {**card, **dict.fromkeys(numbers)}


def flat(figures: object, name: str = "") -> dict[str, object]:
    """All values of nested figures by where they stand."""
    if isinstance(figures, dict | list):
        pairs = figures.items() if isinstance(figures, dict) else enumerate(figures)
        return {key: value for k, v in pairs for key, value in flat(v, f"{name}/{k}").items()}
    return {name: figures}
