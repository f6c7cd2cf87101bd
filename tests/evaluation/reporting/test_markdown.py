"""The tables in docs/results.md are the card's."""

from dataclasses import replace

from casting_core.estimate import Estimate
from casting_core.evaluation.comparison.models import compare
from casting_core.evaluation.comparison.tables import comparison_tables
from casting_core.evaluation.reporting.markdown import map_table, methods_table, repair_table, results_table
from casting_core.networks.card import MODELS, read_card
from casting_core.networks.figures import Figures, Metrics
from casting_core.networks.localization_figures import (
    Headline,
    LocalizationFigures,
    MethodFigures,
    Quantiles,
    RepairFigures,
)
from tests import ROOT, says
from tests.factories import bare, figures, split_figures

SHIPPED = ("castnet", "cnn", "feedforward", "logistic_regression", "brightness")
RESULTS = ROOT / "docs" / "results.md"


def test_the_results_show_the_figures_of_the_card():
    text, metrics = RESULTS.read_text(encoding="utf-8"), read_card(MODELS / "castnet").metrics
    for command, table in (
        ("--markdown", results_table),
        ("--rendered 400 --save", map_table),
        ("--methods --save", methods_table),
        ("--repair --save", repair_table),
    ):
        shown = text.split(f"{command} -->\n")[1].split("<!-- end of figures -->")[0]
        assert shown == table(metrics), command


def test_the_results_compare_the_shipped_models():
    shown = RESULTS.read_text(encoding="utf-8").split("compare --markdown -->\n")[1].split("<!-- end of figures -->")[0]
    assert shown == "\n".join(table.to_markdown() for table in comparison_tables(compare(SHIPPED)))


def test_nothing_measured_gives_no_table():
    for table in (map_table, methods_table, repair_table):
        assert table(Metrics()) == ""


def both(found: Figures) -> Metrics:
    return Metrics(official_test=split_figures(as_filed=found), by_source=split_figures(as_filed=found))


def test_a_share_with_its_interval_and_a_missing_one():
    share = Estimate(count=1, of=2000, value=0.0005, low=0.0, high=0.0015)
    none = dict.fromkeys(("missed_defects", "precision", "roc_auc"))
    numbers = {"f1": Estimate(value=0.5, low=0.25, high=0.75), "mean_cost": Estimate(value=0.01)}
    given = replace(figures(), wrong=share, **none, **numbers)
    table = results_table(both(given))
    says(table, "| 1 of 2,000: 0.05 % (0.00 % to 0.15 %) |", "| defective parts passed as ok | none of this label |")
    says(table, "(precision) | no part called defective |", "| ROC-AUC | needs both labels |")
    assert "| F1 | 0.5000 (0.2500 to 0.7500) |" in table
    assert "| mean cost of a part (a defect passed 50, a false reject 1, a review 0.1) | 0.0100 |" in table
    assert {line.count("|") for line in table.splitlines()} == {6}


def test_no_pictures():
    table = results_table(both(figures((), ())))
    says(table, "| accuracy | no pictures |", "| wrong at a probability of 50 % | no pictures |")


SHARE = Estimate(count=1, of=2, value=0.5, low=0.1, high=0.9)


def test_figures_that_only_one_set_has():
    new = bare(Headline, pictures=1200, passed=SHARE)
    second = bare(LocalizationFigures, roc_auc=0.5, new_photographs=new)
    table = map_table(Metrics(second_capture=second, rendered=bare(LocalizationFigures)))
    assert "| ROC-AUC of the verdict | 0.5000 | none |" in table
    assert "| pictures of photographs found nowhere in the public set | 1,200 | none |" in table
    assert "| 1 of 2: 50.00 % (10.00 % to 90.00 %) | none |" in table
    assert "drawn defects" not in table  # neither has it
    assert {line.count("|") for line in table.splitlines()} == {4}


def test_methods_with_the_best_of_each_column_in_bold():
    def row(auroc: float, milliseconds: float, pictures: int = 2) -> MethodFigures:
        area = Estimate(value=auroc, low=0.0, high=1.0)
        areas = {"pixel_auroc": area, "aupro_30": area, "heat_inside": 0.25, "milliseconds": milliseconds}
        sound = {"peak_of_sound": Quantiles(median=0.02, p95=0.3), "sound_without_marked_place": SHARE}
        return bare(MethodFigures, pictures=pictures, peak_on_defect=SHARE, **areas, **sound)

    measured = {"evidence": row(0.9, 30.0), "gradcam": row(0.8, 2.5), "scorecam": row(1.0, 0.5, pictures=1)}
    own, other, slow = methods_table(Metrics(maps_second_capture=measured)).splitlines()[2:]
    assert own.startswith("| evidence map | **1 of 2: 50.00 % (10.00 % to 90.00 %)** | **0.2500** | **0.9000 (0.0000")
    assert own.endswith("| 30.0 |")
    assert other.startswith("| Grad-CAM | 1 of 2")
    assert other.endswith("| **2.5** |")
    assert slow.startswith("| Score-CAM (on 1 of 2 pictures) |")
    assert "**" not in slow  # on other pictures than the rest


def test_repairs_as_a_table():
    spread = Quantiles(median=0.25, p95=0.5)
    spreads = dict.fromkeys(("before", "after", "control_shift", "replaced"), spread)
    table = repair_table(Metrics(repair=bare(RepairFigures, photographs=1, falls=SHARE, **spreads)))
    says(table, "| pictures (photographs) | 2 (1) |", "turns into another | none |")
    assert "| probability as given | median 0.250, 95th percentile 0.500 |" in table
