"""Logs of the visitor's own: brought as files, as a folder or in an archive, named, and read as the visitor says."""

import streamlit as st

from casting_core.training.logs import columns
from casting_core.training.logs.splitting import Correction, Log
from pages.shared import inputs, wording
from pages.views.comparison import training_runs

CHOSEN = "logs chosen"  # in the session: runs that the view draws from now on
FILES, FOLDER = "Files", "Folder"
MOST = 12  # runs that are chosen
LISTED = 10  # files that are no logs
MEANINGS = {
    columns.EPOCH: "Epoch",
    columns.TRAIN_LOSS: "Loss, training",
    columns.VALIDATION_LOSS: "Loss, held out",
    columns.TRAIN_ACCURACY: "Accuracy, training",
    columns.VALIDATION_ACCURACY: "Accuracy, held out",
}


def show() -> None:
    """Ask for logs, and show those that are kept with what can be corrected."""
    # by another name it is another one, which is closed again
    title = "Add further logs" if training_runs.own_logs() else "Add logs of your own"
    with st.expander(title, icon=":material/upload_file:"):
        kind = inputs.one_of("Add", (FILES, FOLDER), "bring")
        files = st.file_uploader(
            "Training logs, or a ZIP archive of them" if kind == FILES else "The folder of one or several trainings",
            accept_multiple_files=True if kind == FILES else "directory",
            key=training_runs.uploader_key(),
            help="CSV with an epoch column, JSON, TensorBoard, Keras, PyTorch Lightning, Hugging Face, Ultralytics, "
            "fastai, timm, MMEngine, MLflow, Weights & Biases, trackio and others. They are read for this session and "
            "kept nowhere.",
        )
        if files:
            _choose(training_runs.take_in(files))
            st.rerun()
    logs, refused = training_runs.own_logs(), training_runs.refused()
    if refused:
        st.warning("These files are not drawn.", icon=":material/warning:")
        more = [f"and {len(refused) - LISTED} more"] if len(refused) > LISTED else []
        st.text("\n".join([*(f"• {name}: {reason}" for name, reason in refused[:LISTED]), *more]))
    if logs:
        runs = [run for log in logs for run in log.runs]
        title = f"{len(logs)} log{'s' * (len(logs) != 1)}, {len(runs)} run{'s' * (len(runs) != 1)}"
        guessed = "; some of it is guessed, and can be corrected" if any(run.guesses for run in runs) else ""
        with st.expander(title + guessed, icon=":material/list:"):
            for number, log in enumerate(logs):
                _log(number, log)


def _choose(labels: list[str]) -> None:
    """Draw these runs too."""
    found = training_runs.find()
    there, usual = {each.label for each in found}, [each.label for each in found if each.usual]
    before = [label for label in st.session_state.get("runs", usual) if label in there and label not in labels]
    st.session_state[CHOSEN] = [*before, *labels][-MOST:]


def _log(number: int, log: Log) -> None:
    """Name a log, with what can be done about it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        count = f" ({len(log.runs)} runs)" if len(log.runs) > 1 else ""
        st.text(f"{log.correction.name or log.table.name}{count}")
        with st.popover("Correct", icon=":material/edit:", key=f"correct {number}"):
            _correct(number, log)
        st.button(
            "Remove",
            key=f"forget {number}",
            icon=":material/close:",
            on_click=training_runs.forget,
            args=(number,),
        )


def _correct(number: int, log: Log) -> None:
    """Ask which column is what, and which rows belong to training."""
    st.caption(f"From {wording.as_it_is(log.table.source)}. What was guessed can be set right here.")
    read_as = {own: name for run in log.runs for own, name in run.read_as.items()}
    with st.form(f"correction {number}", border=False):
        name = st.text_input("Name", log.correction.name or log.table.name, max_chars=100, key=f"name {number}")
        chosen = {}
        for own, label in MEANINGS.items():
            options = ["", *(log.names if own == columns.EPOCH else log.columns)]
            chosen[own] = st.selectbox(
                label,
                options,
                index=options.index(read_as[own]) if read_as.get(own) in options else 0,
                format_func=lambda column: column or "not in this log",
                key=f"{own} {number}",
            )
        kinds: dict[str, list[str]] = {"training": [], "held_out": []}
        if log.images:
            for kind, label in (("training", "Rows of training images"), ("held_out", "Rows of held-out images")):
                kinds[kind] = st.multiselect(
                    label, log.images, sorted(getattr(log.correction, kind)), key=f"{kind} {number}"
                )
        if st.form_submit_button("Apply", key=f"apply {number}"):
            before = {each.label for each in training_runs.yours()}
            given = {own: column or "" for own, column in chosen.items() if (column or "") != read_as.get(own, "")}
            training_runs.correct(
                number,
                Correction(
                    name=name.strip(),
                    columns=dict(log.correction.columns) | given,
                    training=frozenset(kinds["training"]),
                    held_out=frozenset(kinds["held_out"]),
                ),
            )
            _choose([each.label for each in training_runs.yours() if each.label not in before])
            st.rerun()
