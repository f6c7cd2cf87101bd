"""The view on localization: does the evidence map point at the defect, where defects are known."""

from collections.abc import Mapping

import streamlit as st

from casting_core.charts import maps as charts
from casting_core.charts.overlay import percent
from casting_core.charts.style import listed
from casting_core.estimate import Estimate
from casting_core.evaluation.localization.method_comparison import EVIDENCE
from casting_core.evaluation.reporting.figures_by_set import found_by_kind
from casting_core.explanation.methods import METHODS
from casting_core.networks.card import ModelCard
from casting_core.networks.localization_figures import LocalizationFigures, MethodFigures, Quantiles
from pages.shared import drawing, resources, tables
from pages.views.evidence import choice, map_pictures

SETS = {"second_capture": "Second camera", "rendered": "Rendered castings"}
METHOD_FIGURES = {  # figure → title, what it means
    "peak_on_defect": (
        "Strongest place on a defect",
        "Of the defective parts, those where the strongest place of the map lies on a defect that a person marked. "
        "**Further right is better.**",
    ),
    "heat_inside": (
        "Heat on defects",
        "How much of all that the map lights up lies on marked defects, on average; defects are small, so this is "
        "never near 100 %. **Further right is better.** No range was kept.",
    ),
    "pixel_auroc": (
        "Pixels told apart",
        "How often a pixel on a defect is brighter than one that is not (area under the ROC curve; 50 % is chance). "
        "**Further right is better.**",
    ),
    "aupro_30": (
        "Defects covered",
        "How much of each defect lights up before too much sound metal does (AUPRO up to 30 % false positives); small "
        "defects count as much as large ones. **Further right is better.**",
    ),
    "sound_without_marked_place": (
        "Sound parts left dark",
        "Of the sound parts, those on which no place reaches 50 %. Maps that are stretched to their own maximum light "
        "up something on every part. **Further right is better.**",
    ),
    "drop": (
        "Fall of the probability",
        "How far the probability of a defect falls when what the map names is removed from the picture, in points. "
        "**Further right is better.** Removing as much elsewhere hardly moves it.",
    ),
}
SIZES = {"small": "small, under 0.2 %", "medium": "medium, 0.2 to 0.5 %", "large": "large, over 0.5 %", "all": "all"}
TABLE = {  # figure → title in the table of sets
    "peak_on_defect": "Defective parts whose strongest place lies on a defect",
    "sound_without_marked_place": "Sound parts without a marked place",
    "region_recall.all": "Defects that a marked place touches",
    "region_recall.small": "… small ones, under 0.2 % of the picture",
    "region_recall.medium": "… medium ones, 0.2 to 0.5 %",
    "region_recall.large": "… large ones, over 0.5 %",
    "region_precision.all": "Marked places that touch a defect",
    "heat_inside": "Heat on defects, on average",
    "pixel_auroc": "Pixels told apart (area under the ROC curve)",
    "aupro_30": "Defects covered (AUPRO up to 30 %)",
    "peak_of_sound": "Strongest place on sound parts",
    "peak_of_defective": "Strongest place on defective parts",
    "known_photographs.peak_on_defect": "Strongest place on a defect, castings that are in the training set",
    "new_photographs.peak_on_defect": "Strongest place on a defect, castings found nowhere in it",
}


def show() -> None:
    """Draw the view."""
    st.subheader("Does the map point at the defect?", anchor=False)
    cards = [resources.card(name) for name in resources.models()]
    ready = [card for card in cards if any(getattr(card.metrics, name) for name in SETS)]
    without = [card.name for card in cards if card not in ready]
    if not ready:
        st.info("No model’s map has been measured against known defects yet.", icon=":material/pending:")
        return
    card = choice.choose(ready)
    sets = {title: found for name, title in SETS.items() if (found := getattr(card.metrics, name))}
    _opening(card, sets)
    if without:
        names = listed([f"*{name}*" for name in without])
        st.caption(f"Not measured for {names}: no map of theirs was compared with marked defects.")
    _sizes_and_kinds(card, sets)
    _methods(card)
    _repair(card)
    st.subheader("All figures", anchor=False)
    _table(sets)
    map_pictures.show(card)  # last: judging takes longer than all texts


def _opening(card: ModelCard, sets: Mapping[str, LocalizationFigures]) -> None:
    """Say what the figures mean."""
    second, rendered = (getattr(card.metrics, name) for name in SETS)
    st.markdown(
        f"With each verdict {card.name} draws a **map of its evidence**. Does it light up where the defect is? People "
        "drew around every defect on photographs of a second camera, and on castings that the app renders each defect "
        "is known to the pixel. Nothing was fitted on the photographs, though designs were compared on them. Rendered "
        "defects are drawn by the same program that draws defects for training, which flatters the map there."
    )
    for found, origin, words in (
        (second, "photographed by a second camera", "a person has marked"),
        (rendered, "that were rendered", "was rendered"),
    ):
        if found and (peak := found.peak_on_defect):
            st.markdown(
                f"- Of **{peak.of:,} defective parts** {origin}, the strongest place of the map lies **on a defect "
                f"that {words} in {peak.count:,}** ({share_range(peak)})."
            )
    if second:
        _second_camera(second)


def _second_camera(found: LocalizationFigures) -> None:
    """Say what else was seen on the photographs that people marked."""
    peak, recall = found.peak_on_defect, found.region_recall.all
    unmarked = found.defective_pictures - peak.of if peak and peak.of else 0
    if unmarked > 0:
        parts = "One part is" if unmarked == 1 else f"{unmarked} parts are"
        st.caption(f"{parts} filed as defective although nobody marked a defect there; not counted.")
    told = []
    if recall:
        told.append(
            "- **It shows why, not everything.** A part often has many small defects, and the map marks only some: "
            f"places are marked at {recall.count:,} of {recall.of:,} defects ({share_range(recall)}). Small ones "
            "are left dark most often. Look at the whole part."
        )
    if dark := found.sound_without_marked_place:
        told.append(f"- **Sound parts stay dark**: {dark.count:,} of {dark.of:,} have no marked place.")
    if new := found.at("new_photographs.peak_on_defect"):
        told.append(
            f"- On the **castings found nowhere in the training set** it is right on {new.count:,} of "
            f"{new.of:,}. So few could also come from a true rate of {percent(new.low)}."
        )
    st.markdown("\n".join(told))


def share_range(found: Estimate) -> str:
    """Write a share with its range: `40.8 %, 35.3 % to 46.7 %`."""
    share, low, high = map(percent, (found.value, *found.span))
    return f"{share}, {low} to {high}"


def _sizes_and_kinds(card: ModelCard, sets: Mapping[str, LocalizationFigures]) -> None:
    kinds = found_by_kind(card)
    left, right = st.columns(2, gap="large")
    recalls = {title: found.region_recall for title, found in sets.items()}
    tables.panel(
        left,
        "Defects that a marked place touches, by size",
        charts.by_size(recalls, SIZES, title="Defects touched"),
        "The size is the share of the picture that a defect covers. The smaller a defect, the more often it is not "
        "marked. The lines are 95 % ranges over different castings.",
        "maps sizes",
    )
    title = "Defects found, by kind"
    if not kinds:
        right.markdown(f"**{title}**")
        right.markdown("Not measured: needs rendered castings, whose kinds of defects are known.")
        return
    tables.panel(
        right,
        title,
        charts.by_kind(kinds, title="Parts judged defective"),
        "Rendered castings with defects of one kind alone, and how many of them are judged defective at 50 %. This is "
        "the verdict, not the map: a part that passes is not looked at. By kind, the photographs of the second camera "
        "were not measured.",
        "maps kinds",
    )


@st.fragment  # another figure is drawn at once, and the pictures below stay as they are
def _methods(card: ModelCard) -> None:
    measured = card.metrics.maps_second_capture
    st.subheader("Is there a better way to make a map?", anchor=False)
    if not measured:
        st.markdown("Not measured: other ways to make a map were not compared for this model.")
        return
    st.markdown(
        "Other methods can be laid over any network with convolutions. All were drawn for the same photographs of the "
        "second camera, on which people marked the defects."
    )
    options = {title: name for name, (title, _) in METHOD_FIGURES.items()}
    chosen = st.selectbox("What is compared", list(options), key="map-figure", bind="query-params", width=320)
    name = options[chosen]
    titles = {method: "Evidence map" if method == EVIDENCE else METHODS[method].title for method in measured}
    chart = charts.methods(
        {method: getattr(row, name) for method, row in measured.items()},
        titles,
        title=chosen,
        own="map of the model itself",
        others="class activation maps",
        points=name == "drop",
    )
    drawing.draw(chart, METHOD_FIGURES[name][1] + _fewer(measured, titles, name), "maps methods")
    text = st.column_config.TextColumn
    tables.show_table(
        [
            (
                titles[method],
                row.pictures,
                *(charts.share_text(getattr(row, key)) for key in METHOD_FIGURES if key != "drop"),
                charts.points_text(row.drop),
                charts.points_text(row.control_drop),
                f"{row.milliseconds:,.0f}",
            )
            for method, row in measured.items()
        ],
        {
            "method": text("Map", pinned=True, width=130),
            "pictures": st.column_config.NumberColumn("Pictures", width=80),
            **{key: text(title, width=280) for key, (title, _) in METHOD_FIGURES.items()},
            "control": text("Fall when as much is removed elsewhere", width=230),
            "milliseconds": text("Milliseconds a picture", width=100),
        },
        "Ways to make a map, and every figure of each with its 95 % range.",
        key="maps table methods",
    )


def _fewer(measured: Mapping[str, MethodFigures], titles: Mapping[str, str], name: str) -> str:
    """Say which methods were measured on fewer pictures."""
    counts = {method: row.faithful_on if name == "drop" else row.pictures for method, row in measured.items()}
    most = max(counts.values())
    told = [f"{titles[method]} on {count} only" for method, count in counts.items() if count < most]
    return f" Measured on {most} pictures{', ' + listed(told) if told else ''}."


def _repair(card: ModelCard) -> None:
    found = card.metrics.repair
    st.subheader("Is what it marks really the reason?", anchor=False)
    if not found or not found.falls:
        st.markdown("Not measured: repairing the marked places was not tried for this model.")
        return
    falls, control, before, after = found.falls, found.control_moves, found.before, found.after
    told = (
        f"On **{falls.of:,} defective parts** that were stopped, all marked places were covered with sound metal of "
        f"the same ring, in the picture only. **{falls.count:,} of them then pass** ({share_range(falls)}): there, "
        "what was marked was the reason."
    )
    if control:
        told += (
            f" The control: the same at {control.of:,} sound places changed the verdict in {control.count:,} "
            f"cases (at most {percent(control.span[1])} would still fit)."
        )
    st.markdown(told)
    if before and after:
        st.caption(
            f"Probability of a defect: median {percent(before.median)} before, {percent(after.median)} after. "
            "Photographs of the second camera."
        )


def _table(sets: Mapping[str, LocalizationFigures]) -> None:
    counted = {title: f"{found.pictures:,} ({found.photographs:,})" for title, found in sets.items()}
    rows = [{"Figure": "Pictures (castings)"} | counted]
    for path, title in TABLE.items():
        rows.append({"Figure": title} | {name: _cell(found.at(path)) for name, found in sets.items()})
    st.table(rows, hide_index=True, alt="Every figure of the map, by set of pictures, with its 95 % range.")
    st.caption("In brackets the 95 % range over different castings. Strengths of places are on the map’s own scale.")


def _cell(value: Estimate | Quantiles | float | None) -> str:
    if isinstance(value, Quantiles):
        return f"median {percent(value.median)}, 95th percentile {percent(value.p95)}"
    return charts.share_text(value)
