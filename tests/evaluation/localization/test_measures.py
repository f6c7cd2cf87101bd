"""How well a map points: cases worked out by hand, and scikit-learn's own area under the curve."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from casting_core.evaluation.localization.measures import Case, Measured, measure, peak_on_defect, summarise
from casting_core.labels import Verdict
from casting_core.networks.localization_figures import BySize


def case(heatmap, mask, **values) -> Case:
    """Of a defective part that a person must look at."""
    usual = {"probability": 0.9, "defective": True, "photograph": 0, "verdict": Verdict.REVIEW, "known": None}
    return Case(heatmap=np.asarray(heatmap, np.float32), mask=np.asarray(mask, bool), **usual | values)


HEAT = np.array(
    [
        [0.0, 0.1, 0.1, 0.0, 0.0],
        [0.1, 0.9, 0.5, 0.0, 0.0],
        [0.0, 0.2, 0.1, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.3, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ]
)
TWO = np.zeros((5, 5), bool)
TWO[1, 1:3] = True  # one defect of two pixels, at 0.9 and 0.5
TWO[4, 4] = True  # one of a single pixel, at 0


def test_one_picture_by_hand():
    one = measure(case(HEAT, TWO))
    assert one.peak == pytest.approx(0.9)
    assert one.on_defect is True
    assert (one.defects, one.heat_inside) == (2, pytest.approx(1.4 / 2.3))
    assert (one.sound.sum(), one.faulty.sum(), one.by_defect.sum()) == (22, 3, 2)


@pytest.mark.parametrize(("column", "hit"), [(3, True), (4, True), (5, False)])
def test_a_peak_may_miss_by_its_tolerance(column, hit):
    heat, mask = np.zeros((10, 64), np.float32), np.zeros((10, 64), bool)
    heat[4, column] = 0.7
    mask[4, 3] = True
    assert peak_on_defect(heat, mask) is hit  # 8 of 512 are one pixel of 64


def test_a_peak_cannot_hit_what_is_not_there():
    assert peak_on_defect(HEAT, np.zeros_like(TWO)) is False
    assert measure(case(HEAT, np.zeros_like(TWO))).on_defect is None
    assert measure(case(np.zeros_like(HEAT), TWO)).heat_inside is None


def test_aupro_by_hand():
    """Sound pixels: 16 at 0, four at 0.1, one at 0.2, one at 0.3. One defect is hot, the other cold."""
    figures = summarise([measure(case(HEAT, TWO))])
    # up to a false positive rate of 6/22 half of the defects is covered; then, with all pixels at 0, everything:
    # the curve rises from 1/2 at 6/22 to 1 at 1, linearly in between
    end = 0.5 + 0.5 * (0.3 - 6 / 22) / (1 - 6 / 22)
    expected = (0.5 * 6 / 22 + (0.5 + end) / 2 * (0.3 - 6 / 22)) / 0.3
    assert figures.aupro_30.value == pytest.approx(expected, abs=1e-6)


def test_pixel_auroc_is_scikit_learn_s():
    rng = np.random.default_rng(0)
    cases = []
    for photograph in range(4):
        mask = rng.random((20, 20)) < 0.1
        heat = np.clip(0.3 * mask + rng.random((20, 20)) * 0.6, 0.001, 0.999)
        cases.append(case(heat, mask, photograph=photograph))
    figures = summarise([measure(each) for each in cases])
    expected = roc_auc_score(
        np.concatenate([each.mask.ravel() for each in cases]), np.concatenate([each.heatmap.ravel() for each in cases])
    )
    assert figures.pixel_auroc.value == pytest.approx(expected, abs=1e-3)
    assert figures.pixel_auroc.low <= figures.pixel_auroc.value <= figures.pixel_auroc.high


def test_a_set_by_hand():
    nothing = np.zeros((5, 5), bool)
    measured: list[Measured] = [
        measure(case(HEAT, TWO, photograph=0)),
        measure(case(HEAT[::-1], TWO, probability=0.4, photograph=1)),  # its peak lies elsewhere
        measure(case(HEAT * 0.1, nothing, probability=0.2, defective=False, photograph=2)),
        measure(case(HEAT, nothing, probability=0.7, defective=False, photograph=2)),
    ]
    figures = summarise(measured)
    assert (figures.pictures, figures.defective_pictures, figures.photographs) == (4, 2, 3)
    assert (figures.right.count, figures.right.of) == (2, 4)
    assert (figures.missed_at_half.count, figures.false_at_half.count) == (1, 1)
    assert (figures.peak_on_defect.count, figures.peak_on_defect.of) == (1, 2)
    assert (figures.roc_auc, figures.peak_of_sound.median) == (pytest.approx(0.75), pytest.approx((0.09 + 0.9) / 2))
    assert figures.sound_without_marked_place.count == 1


def test_figures_without_what_they_need_are_none():
    figures = summarise([measure(case(HEAT, np.zeros((5, 5), bool), defective=False))])
    for name in ("peak_on_defect", "missed_at_half", "peak_of_defective", "roc_auc", "pixel_auroc", "aupro_30"):
        assert getattr(figures, name) is None
    for name in ("passed", "known_photographs", "new_photographs"):
        assert getattr(figures, name) is None
    assert figures.region_recall == BySize(all=None, small=None, medium=None, large=None)
    assert summarise([]).pictures == 0


def test_what_passes_and_what_is_rejected():
    nothing = np.zeros((5, 5), bool)
    figures = summarise(
        [
            measure(case(HEAT, TWO, photograph=0, verdict=Verdict.OK)),
            measure(case(HEAT, TWO, photograph=1, verdict=Verdict.DEFECTIVE)),
            measure(case(HEAT, TWO, photograph=2, verdict=Verdict.REVIEW)),
            measure(case(HEAT, nothing, photograph=3, verdict=Verdict.DEFECTIVE, defective=False)),
            measure(case(HEAT, nothing, photograph=4, verdict=Verdict.OK, defective=False)),
        ]
    )
    assert (figures.passed.count, figures.passed.of) == (1, 3)
    assert (figures.rejected.count, figures.rejected.of) == (1, 2)


def test_regions_by_size_over_pictures():
    """Of the two defects, 8 % and 4 % of a picture of 5 × 5, the marked place touches the first."""
    nothing = np.zeros((5, 5), bool)
    figures = summarise(
        [
            measure(case(HEAT, TWO, photograph=0)),
            measure(case(HEAT, nothing, photograph=1, defective=False)),  # marks what is sound
            measure(case(np.zeros((5, 5)), TWO, photograph=2, defective=False)),  # an ok part with something drawn
        ]
    )
    assert figures.region_recall.small is None
    recall, precision = figures.region_recall.large, figures.region_precision.all
    assert (recall.count, recall.of) == (1, 2)
    assert (precision.count, precision.of) == (1, 2)


def test_known_and_new_photographs_apart():
    nothing = np.zeros((5, 5), bool)
    figures = summarise(
        [
            measure(case(HEAT, TWO, photograph=0, known=True)),
            measure(case(HEAT, nothing, photograph=1, defective=False, probability=0.1, known=True)),
            measure(case(HEAT[::-1], TWO, photograph=2, probability=0.3, verdict=Verdict.OK, known=False)),
            measure(case(HEAT, TWO, photograph=3, known=None)),  # in neither
        ]
    )
    known, new = figures.known_photographs, figures.new_photographs
    assert (known.pictures, known.roc_auc, known.peak_on_defect.count) == (2, 1.0, 1)
    assert (new.pictures, new.roc_auc, new.rejected) == (1, None, None)
    assert (new.missed_at_half.count, new.passed.count, new.peak_on_defect.count) == (1, 1, 0)
    assert figures.pictures == 4
