"""One inspection as a page to print: a single HTML file that needs nothing else, one sheet of A4.

Every text from outside (file names, reasons) is escaped.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from casting_core.charts.overlay import COLOURS, WORDS, percent
from casting_core.labels import Verdict
from pages.shared import downloads, marked, resources, uploads, wording
from pages.shared.resources import DisplayedInspection

MAX_ROWS = 8  # regions that fit on the sheet
SIDE = 720  # px, long side of its pictures
STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def page(
    upload: uploads.Upload, judged: DisplayedInspection, *, diameter: float | None = None, now: datetime | None = None
) -> str:
    """Return the file's content. The picture must be decoded.

    `diameter`: of the part, in millimetres, where it is known. `now`: the time that the sheet bears; the present when
    None.
    """
    inspection = judged.inspection
    word = wording.WORDING[inspection.verdict]
    colour = COLOURS.get(inspection.verdict, "#777")
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC")
    reason = "".join(f"<p>{escape(said)}</p>" for said in (inspection.reason, inspection.note) if said)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Inspection of {escape(upload.name)}</title><style>{STYLE}</style></head><body>"
        f"<p>Casting Inspector · {stamp}</p>"
        f'<div class="verdict" style="--colour:{colour}"><h1>{word.mark} {word.word}</h1>'
        f"<p><strong>{escape(wording.advice(inspection))}</strong></p>{reason}</div>"
        f"{_scale(judged)}{_pictures(judged)}{_regions(judged, diameter)}{_facts(upload, judged)}"
        "</body></html>"
    )


def _scale(judged: DisplayedInspection) -> str:
    inspection = judged.inspection
    p = inspection.probability
    if p is None:
        return ""
    low, high = inspection.threshold_pass, inspection.threshold_reject
    zones = ((Verdict.OK, low), (Verdict.REVIEW, high - low), (Verdict.DEFECTIVE, 1 - high))
    bars = "".join(
        f'<div style="width:{100 * share:.2f}%;background:{COLOURS[verdict]}">{WORDS[verdict]}</div>'
        for verdict, share in zones
    )
    edge = min(max(100 * p, 12), 88)  # the text stays on the sheet
    return (
        f'<h2>Probability of a defect</h2><div class="scale">{bars}<i style="left:{100 * p:.2f}%"></i>'
        f'<span style="left:{edge:.2f}%">{percent(p)}</span></div>'
        f"<p>Below {percent(low)} a part passes, from {percent(high)} on it is rejected; in between "
        "a person decides.</p>"
    )


def _pictures(judged: DisplayedInspection) -> str:
    assert judged.picture is not None
    told = [("The picture as given", judged.picture)]
    if judged.evidence is not None:
        told.append(("Evidence for a defect, marked places numbered", downloads.marked_image(judged)))
    shown = "".join(
        f'<figure><img src="{marked.as_uri(each, side=SIDE)}" alt="{title}"><figcaption>{title}</figcaption></figure>'
        for title, each in told
    )
    return f'<h2>Where</h2><div class="pictures">{shown}</div>'


def _regions(judged: DisplayedInspection, diameter: float | None) -> str:
    regions = judged.inspection.regions
    if not regions:
        return f"<p>{wording.NO_MAP if judged.evidence is None else wording.NONE_MARKED}</p>"
    head = _row("th", wording.region_columns(diameter))
    rows = "".join(
        _row("td", wording.region_row(number, region, diameter))
        for number, region in enumerate(regions[:MAX_ROWS], start=1)
    )
    more = f"<p>and {len(regions) - MAX_ROWS} weaker places</p>" if len(regions) > MAX_ROWS else ""
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>{more}"


def _row(kind: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{cell}</{kind}>" for cell in cells) + "</tr>"


def _facts(upload: uploads.Upload, judged: DisplayedInspection) -> str:
    inspection = judged.inspection
    facts = (
        ("File", upload.name),
        ("SHA-256 of the file", inspection.sha256 or "–"),
        ("Picture", f"{inspection.width} × {inspection.height} px"),
        ("Model", f"{inspection.model}, on {inspection.device}"),
        ("What it is there for", wording.purpose(resources.card(inspection.model))),
        ("Time", f"{1000 * inspection.seconds.get('total', 0.0):.0f} ms"),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return f"<h2>Record</h2><dl>{rows}</dl>"
