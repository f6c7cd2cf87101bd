"""Figures of images whose defects are known, by path, and quantiles by hand."""

import pytest

from casting_core.networks.localization_figures import Headline, LocalizationFigures, Quantiles
from tests.factories import bare


def test_quantiles_by_hand():
    assert Quantiles.of([]) is None
    found = Quantiles.of(range(101))
    assert (found.median, found.p95) == pytest.approx((50, 95))


def test_figures_by_path():
    found = bare(LocalizationFigures, roc_auc=0.5, new_photographs=bare(Headline, pictures=3))
    assert (found.at("roc_auc"), found.at("new_photographs.pictures")) == (0.5, 3)
    assert found.at("known_photographs.pictures") is None
