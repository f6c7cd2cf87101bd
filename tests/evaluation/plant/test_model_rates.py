"""The rates of shipped models: the card's counts, and a cost over defect rates that is the plant's own."""

from dataclasses import replace

import numpy as np
import pytest

from casting_core.errors import DataError, ModelError
from casting_core.evaluation.plant.economics import compare_inspection_methods
from casting_core.evaluation.plant.model_rates import WAYS, cost_over_defect_rate, has_rates, model_rates
from casting_core.evaluation.plant.verdict_rates import measure_rates
from casting_core.networks.card import MODELS, read_card, shipped
from casting_core.networks.figures import Metrics
from casting_core.networks.thresholds import Thresholds
from tests.factories import plant, predictions

PLANT = plant()


@pytest.mark.parametrize("as_filed", [False, True])
@pytest.mark.parametrize("model", shipped())
def test_the_rates_are_the_cards_counts(model: str, as_filed: bool):
    if not has_rates(model):
        pytest.skip("was not judged by source")
    rates = model_rates(model, as_filed=as_filed)
    told = read_card(MODELS / model).metrics.by_source.view(as_filed)
    (missed, doubted, found), (passed, asked, rejected) = rates.defective.counts, rates.sound.counts
    assert (missed, missed + doubted + found) == (told.missed_defects.count, told.missed_defects.of)
    assert (rejected, passed + asked + rejected) == (told.false_alarms.count, told.false_alarms.of)
    assert doubted + asked == told.reviews.count
    assert rates.defective.photographs >= told.defective_photographs


def test_a_model_without_castings_never_seen_has_no_rates(tmp_path):
    source = MODELS / shipped()[0]
    (tmp_path / "mine").mkdir()
    card = replace(read_card(source), metrics=Metrics())
    (tmp_path / "mine" / "card.json").write_text(card.to_json(), encoding="utf-8")
    assert not has_rates("mine", tmp_path)
    rows = (source / "predictions.csv").read_text(encoding="utf-8").splitlines()
    kept = [rows[0], *(row for row in rows if ",official-test," in row)]
    (tmp_path / "mine" / "predictions.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="by source"):
        model_rates("mine", tmp_path)
    with pytest.raises(ModelError, match="no model"):
        has_rates("nobody", tmp_path)


def test_the_curve_is_the_plants_cost_at_every_rate():
    p = np.repeat([0.1, 0.9, 0.1, 0.9], [1, 19, 38, 2])
    rates = measure_rates(predictions(p, np.arange(60) < 20), Thresholds(passing=0.3, rejecting=0.7))
    at = [0.0, 0.02, 1.0]
    found = cost_over_defect_rate(rates, PLANT, at)
    assert (list(found), found["uninspected"][1].value) == (list(WAYS), pytest.approx(0.02 * 250_000 * 100))
    for way in WAYS:
        for rate, estimate in zip(at, found[way], strict=True):
            there = compare_inspection_methods(rates, replace(PLANT, defect_rate=rate))
            assert estimate == getattr(there, way).per_year.cost
