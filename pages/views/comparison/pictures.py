"""Pictures behind a number: as tiles or, where they are not on this computer, by name; any of them opened large."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import streamlit as st
from PIL import Image

from casting_core.charts import overlay, style
from casting_core.errors import CastingError
from casting_core.evaluation.held_out_verdicts import HeldOutVerdict
from casting_core.labels import Label, Verdict
from pages.shared import downloads, gallery, tables, trouble, uploads, widgets
from pages.shared.marked import as_uri
from pages.views.comparison import held_out_view
from pages.views.comparison.model_results import SelectedResults
from pages.views.dataset import loaded, opened
from pages.views.dataset.picture import as_upload
from pages.views.dataset.source import FETCH, configured

JUDGES = "comparing-judges"  # in the session: whose maps of an opened picture are shown
PAGE = 24  # pictures
SIDE = 176  # px, of a tile
DONE = {Verdict.OK: "passed", Verdict.REVIEW: "sent to a person", Verdict.DEFECTIVE: "rejected"}


def browse(paths: Sequence[str], judges: Sequence[SelectedResults], *, key: str, title: str) -> None:
    """List pictures by their paths, the most wrong first, with what each judge says; all judges know all of them."""
    if not paths:
        st.info(f"{title}: none.", icon=":material/check:")
        return
    rows = judges[0].rows
    photographs = len({rows[path].row.source for path in paths})
    st.markdown(f"**{title}: {len(paths):,} pictures of {photographs:,} photographs**")
    once = photographs < len(paths) and st.toggle(
        "One picture of each photograph", key=f"{key}-once", bind="query-params"
    )
    ordered = sorted(paths, key=lambda path: (-max(hardness(judge.rows[path]) for judge in judges), path))
    if once:
        first: dict[int, str] = {}
        for path in ordered:
            first.setdefault(rows[path].row.source, path)
        ordered = list(first.values())
    here = root(judges)
    if here is None:
        _names(ordered, judges)
    else:
        _tiles(ordered, judges, here, key=key, title=title)
    tables.save_button("This list as CSV", "pictures.csv", lambda: to_csv(ordered, judges), key=f"{key}-csv")


def hardness(each: HeldOutVerdict) -> float:
    """Probability of the label that is not the filed one, in [0, 1]."""
    return 1 - each.row.probability if each.row.label is Label.DEFECTIVE else each.row.probability


def said(judge: SelectedResults, path: str) -> str:
    """Say what a judge made of a picture: `12.3 %, sent to a person`."""
    each = judge.rows[path]
    return f"{overlay.percent(each.row.probability)}, {DONE[each.verdict]}"


def root(judges: Sequence[SelectedResults]) -> Path | None:
    """Where the pictures of these models lie, None where they are not of the public set, or not on this computer."""
    here, public = configured()
    return here if public and all(judge.known.card.on_public_set for judge in judges) else None


def _tiles(paths: Sequence[str], judges: Sequence[SelectedResults], here: Path, *, key: str, title: str) -> None:
    pages = -(-len(paths) // PAGE)
    number = st.pagination(pages, key=f"{key}-page", bind="query-params") if pages > 1 else 1
    start = (min(number, pages) - 1) * PAGE
    made = []
    for path in paths[start : start + PAGE]:
        row, name = judges[0].rows[path].row, PurePosixPath(path).name
        told = [said(judge, path) if len(judges) == 1 else f"{judge.name}: {said(judge, path)}" for judge in judges]
        notes = [(note, False) for note in (f"filed as {style.WORDS[row.label]}, photograph {row.source}", *told)]
        made.append(gallery.Tile(key=path, title=name, source=_small(here, path), notes=notes))
    gallery.show(
        made,
        key=f"{key}-tiles",
        label=f"{title}, {start + 1} to {start + len(made)} of {len(paths)}".replace("\\", ""),  # it is no Markdown
        on_open=lambda path: _open(path, paths, [judge.name for judge in judges]),
    )


def _open(path: str, sequence: Sequence[str], judges: Sequence[str]) -> None:
    """Open a picture, with those that can be stepped through and the models whose maps are shown."""
    st.session_state[JUDGES] = list(judges)
    opened.turn_to(path, sequence)


@st.cache_data(max_entries=1000, show_spinner=False)
def _small(folder: Path, path: str) -> str | None:
    pixels = loaded.shown(folder, path)
    if pixels is None:
        return None
    picture = Image.fromarray(pixels)
    picture.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    return as_uri(picture)


def _names(paths: Sequence[str], judges: Sequence[SelectedResults]) -> None:
    public = all(judge.known.card.on_public_set for judge in judges)
    fetch = f" To see them, fetch the set: `{FETCH}`" if public else ""
    st.info(f"These pictures are not on this computer; here are their names.{fetch}", icon=":material/hide_image:")
    rows = judges[0].rows
    tables.show_table(
        [
            (path, style.WORDS[rows[path].row.label], rows[path].row.source, *(said(judge, path) for judge in judges))
            for path in paths
        ],
        {"file": "File", "filed": "Filed as", "photograph": "Photograph"}
        | {judge.name: judge.name for judge in judges},
        "Names of the pictures, how each is filed, and what each model made of it.",
    )


def to_csv(paths: Sequence[str], judges: Sequence[SelectedResults]) -> bytes:
    """One row a picture, with what each model made of it."""
    rows = judges[0].rows
    header = ["path", "label", "photograph"]
    header += [f"{what} {judge.name}" for judge in judges for what in ("probability", "verdict")]
    lines = []
    for path in paths:
        judged = (judge.rows[path] for judge in judges)
        said = [cell for each in judged for cell in (f"{each.row.probability:.6g}", each.verdict)]
        lines.append((path, rows[path].row.label, rows[path].row.source, *said))
    return tables.to_csv(header, lines)


def dialog(chosen: Sequence[SelectedResults]) -> None:
    """Open the picture that the link names, in a dialog; nothing where it names none."""
    wanted = st.session_state.get(JUDGES, ())
    judges = [each for each in chosen if each.name in wanted] or list(chosen[:2])
    opened.dialog(
        lambda path: all(path in judge.rows for judge in judges),
        lambda path: _draw(path, judges),
        unknown="The picture that this link names is not among those shown here.",
    )


def _draw(path: str, judges: Sequence[SelectedResults]) -> None:
    row = judges[0].rows[path].row
    st.text(path)
    st.markdown(f"Filed as **{style.WORDS[row.label]}**; photograph {row.source}.")
    here = root(judges)
    upload = None if here is None else as_upload(here, path)
    picture = None if here is None else loaded.shown(here, path)
    if upload is None or picture is None:
        st.info("This picture is not on this computer, or cannot be read.", icon=":material/hide_image:")
        st.markdown("\n\n".join(f"**{judge.title}**: {said(judge, path)}." for judge in judges))
        return
    first, *places = st.columns(1 + len(judges))
    first.markdown("**As it was filed**")
    first.image(picture, width="stretch", alt="The picture as it was filed.")
    mapped = []
    for place, judge in zip(places, judges, strict=True):
        with place:
            mapped.append(_seen_by(judge, upload, path))
    if any(mapped):
        widgets.evidence_legend()


def _seen_by(judge: SelectedResults, upload: uploads.Upload, path: str) -> bool:
    """Draw the picture as a model sees it; whether that is a map of its own evidence."""
    name = judge.name
    st.markdown(f"**{judge.title}**: {said(judge, path)}")
    try:
        with st.spinner(f"{name} looks at the picture…"):
            judged, unseen, activation = held_out_view.inspect_held_out(upload, judge, path)
    except CastingError as error:
        trouble.excuse("There is no map: the model cannot be used.", f"{name}: {error}")
        return False
    if judged.picture is None:
        st.text(judged.inspection.reason)
        return False
    if judged.evidence is not None:
        count, most = len(judged.inspection.regions), overlay.percent(float(judged.evidence.max()))
        alt = f"The picture with the evidence map of {name}: strongest {most}, {count} places marked."
        st.image(downloads.marked_image(judged), width="stretch", alt=alt)
    elif activation is not None:
        widgets.activation(judged.picture, activation, f"Grad-CAM of {name}")
        st.caption("This model has no map of its own evidence. Grad-CAM shows which places its answer drew on.")
    else:
        st.image(judged.picture, width="stretch", alt="The picture as it was filed.")
        st.caption("This model has no map: it weighs the picture as a whole and points to no place.")
    if unseen:
        st.caption("Judged and drawn by the copy that had never seen this casting.")
    elif judge.rows[path].unseen:
        now = judged.inspection.probability
        st.caption(
            "Judged by a copy that had never seen this casting; that copy does not ship, so what is drawn is the model "
            f"itself, which was trained on this photograph and gives {'–' if now is None else overlay.percent(now)}."
        )
    return judged.evidence is not None
