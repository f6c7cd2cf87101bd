"""Training logs as a table, which can be read without a pointer and without seeing the curves."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from casting_core.charts.style import listed
from casting_core.data.files import neutral
from casting_core.training.logs import columns
from casting_core.training.logs.curve_lines import View
from casting_core.training.logs.run import Run
from pages.shared.wording import as_it_is

MAX_ROWS = 1500  # of a run


def show(runs: Sequence[Run], view: View) -> None:
    """Draw a toggle, and the table if it is on; by epoch, only the part that is shown."""
    if not st.toggle("The same in numbers", key="numbers", bind="query-params"):
        return
    tables, long = [], []
    for run in runs:
        drawn = {name: run.columns[name] for name in (*columns.CURVES, columns.SECONDS) if name in run.columns}
        table = pd.DataFrame({"run": neutral(run.name), "epoch": run.epochs, **drawn})
        table[[name for name in drawn if columns.is_accuracy(name)]] *= 100
        if not view.by_time:
            table = table[table["epoch"].between(view.start, view.end)]
        if len(table) > MAX_ROWS:
            long.append(run.name)
            table = table.iloc[:: -(-len(table) // MAX_ROWS)]
        tables.append(table)
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.concat(tables, ignore_index=True),
        hide_index=True,
        placeholder="–",
        alt="Logs by run and epoch",
        column_config={
            "run": st.column_config.TextColumn("Run", pinned=True),
            "epoch": number("Epoch, or step", format="%g"),
            columns.TRAIN_LOSS: number("Loss, training", format="%.5g"),
            columns.VALIDATION_LOSS: number("Loss, held out", format="%.5g"),
            columns.LOSS: number("Loss, images not named", format="%.5g"),
            columns.ACCURACY: number("Accuracy, images not named (%)", format="%.2f"),
            columns.TRAIN_ACCURACY: number("Accuracy, training (%)", format="%.2f"),
            columns.VALIDATION_ACCURACY: number("Accuracy, held out (%)", format="%.2f"),
            columns.SECONDS: number("Seconds", format="%.1f"),
        },
    )
    if long:
        st.caption(as_it_is(f"Of {listed(long)} only every few epochs are listed; name a part above to see each."))
