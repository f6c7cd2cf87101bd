"""All pictures of a set on a plane, coloured by what is known of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from casting_core.charts.style import NEUTRAL, SERIES, Chart, Look, finish, listed

MOST = len(SERIES) - 1  # groups with a look of their own; smaller ones share the last
HEIGHT = 560


def feature_map(
    points: np.ndarray,
    groups: Sequence[str],
    hover: Sequence[str],
    *,
    axes: tuple[str, str],
    outline: np.ndarray | None = None,
    looks: Mapping[str, Look] | None = None,
) -> Chart:
    """Draw a scatter plot.

    Parameters
    ----------
    points : float (N, 2).
    groups, hover : N texts each: what a picture is coloured by, and what is read when it is pointed at.
    axes : titles.
    outline : float (V, 2), the corners of an area that was chosen; None where none was.
    looks : of groups that have one everywhere, such as the labels.
    """
    figure, known = go.Figure(), looks or {}
    told = np.array(groups, str)
    names, counts = np.unique(told, return_counts=True)
    ordered = [str(name) for name in names[np.argsort(-counts, kind="stable")]]
    named = ordered if len(ordered) <= MOST + 1 else ordered[:MOST]
    shown = []
    for place, name in enumerate([*named, None]):
        chosen = np.flatnonzero(~np.isin(told, named) if name is None else told == name)
        if not len(chosen):
            continue
        title = f"{len(ordered) - len(named)} others" if name is None else name or "unknown"
        shown.append(f"{len(chosen):,} {title}")
        look = known.get(name or "", SERIES[place % len(SERIES)])
        figure.add_trace(
            go.Scattergl(
                x=points[chosen, 0],
                y=points[chosen, 1],
                marker_opacity=0.75,
                customdata=[hover[index] for index in chosen.tolist()],
                **look.points(f"{title} ({len(chosen):,})", "%{customdata}", 6),
            )
        )
    if outline is not None and len(outline) > 2:
        closed = np.vstack([outline, outline[:1]])
        path = "M" + "L".join(f"{x:.4g},{y:.4g}" for x, y in closed) + "Z"
        figure.add_shape(type="path", path=path, line={"color": NEUTRAL, "width": 3, "dash": "dash"})
    finish(figure, x=axes[0], y=axes[1], height=HEIGHT, zoom=True)
    figure.update_layout(dragmode="lasso")
    return Chart(figure=figure, alt=f"Pictures as points on a plane: {listed(shown)}." if shown else "No pictures.")
