"""A comparison of models as small tables, each of some columns of the one table of models."""

from collections.abc import Iterator
from dataclasses import dataclass

from casting_core.evaluation.comparison.columns import BY_KEY
from casting_core.evaluation.comparison.model_table import text
from casting_core.evaluation.comparison.models import Comparison
from casting_core.evaluation.reporting.cells import chance, markdown
from casting_core.evaluation.reporting.markdown import stated
from casting_core.evaluation.statistics.paired_tests import Disagreement

ACCURACY = ("official_accuracy", "official_trusted", "unseen_filed", "unseen_accuracy", "fall")
VERDICTS = ("missed_defects", "false_alarms", "reviews", "mean_cost")
PROBABILITIES = ("roc_auc", "pr_auc", "f1", "balanced_accuracy", "brier_score", "calibration_error")
SETTINGS = ("kind", "input_size", "parameters", "batch_size", "epochs", "learning_rate", "seconds", "device", "note")
SETS = (
    "official test, as filed",
    "official test, without the doubted labels",
    "castings never seen, as filed",
    "castings never seen, without the doubted labels",
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A title, a header, rows of as many cells, and how to read it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str

    def to_markdown(self) -> str:
        """With its title in bold above and its note below."""
        return f"**{self.title}**\n\n{markdown(self.header, self.rows)}\n{self.note}\n"


def comparison_tables(comparison: Comparison) -> Iterator[Table]:
    """Five tables: accuracy, verdicts, probabilities, chance, settings; that of chance only where there are two."""
    yield _table(
        comparison,
        "Known photographs beside castings never seen: accuracy at a probability of 50 %",
        ACCURACY,
        "In brackets the 95 % interval over source photographs. Nearly all pictures of the official test are turned or "
        "mirrored copies of training pictures; castings never seen are judged by models that were fitted without any "
        "picture of them. The fall is between both columns without the doubted labels. The study's rows are as it "
        "reported them.",
    )
    first = comparison.models[0].figures("by_source", "without_suspects")
    costs, rate = first.costs, first.defective_pictures / max(1, first.pictures)
    yield _table(
        comparison,
        "Verdicts on castings never seen, without the doubted labels",
        VERDICTS,
        f"Costs as stated: {stated(costs)}. A person who looks at every part costs {costs['review']:g} a part. "
        f"Thresholds are cross-fitted: those applied to a casting come from others. {100 * rate:.0f} % of these "
        "pictures show defective parts; at a plant's rate the mean cost is another.",
    )
    yield _table(
        comparison,
        "Probabilities on castings never seen, without the doubted labels",
        PROBABILITIES,
        "1 is best for the first four, 0 for the last two. F1 and balanced accuracy are at a probability of 50 %.",
    )
    if len(comparison.models) > 1:
        yield _chance(comparison)
    yield _table(
        comparison,
        "Settings and time of training",
        SETTINGS,
        "Time in minutes and seconds, of the model that ships. Times on different machines do not compare.",
    )


def _table(comparison: Comparison, title: str, keys: tuple[str, ...], note: str) -> Table:
    """Take some columns of the table of models, with counts and intervals; rows with nothing there are left out."""
    columns = [BY_KEY[key] for key in keys]
    rows = [row for row in comparison.rows if any(row.values[key] not in (None, "") for key in keys)]
    return Table(
        title=title,
        header=("", *(column.title for column in columns)),
        rows=tuple((row.name, *(text(row, column, ranges=True, counts=True) for column in columns)) for row in rows),
        note=note,
    )


def _chance(comparison: Comparison) -> Table:
    def told(found: Disagreement) -> str:
        one, other = f"{found.only_first:,}", f"{found.only_second:,}"
        return f"{one} against {other}; {chance(found.p_photographs)} (McNemar: {chance(found.p_pictures)})"

    reference = comparison.reference
    return Table(
        title=f"Can the difference to {reference} be chance?",
        header=("", *SETS),
        rows=tuple((row.name, *map(told, row.against.values())) for row in comparison.rows if row.against),
        note=f"Pictures that only {reference} judges right against those that only the other does. p counts source "
        "photographs (exact test by turning signs); in brackets McNemar's exact test over pictures, which takes the "
        "copies of a photograph for independent and so makes p far too small.",
    )
