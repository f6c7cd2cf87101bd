"""Two models on the same pictures: where one is right and the other wrong, and whether that is more than chance."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from casting_core.errors import CastingError
from casting_core.evaluation.comparison.agreement import Agreement
from pages.shared.inputs import one_of
from pages.shared.tables import opener
from pages.shared.trouble import excuse
from pages.views.comparison import model_results, pictures
from pages.views.comparison.model_results import SelectedResults

VERDICT, HALF = "By verdict", "At a probability of 50 %"
AMONG = "among"  # in the link: which of the lists is open
RARE = 0.05  # p below which a difference is called more than chance


def show(chosen: Sequence[SelectedResults], *, unseen: bool, as_filed: bool) -> None:
    """Two of the chosen models, which lists they leave, and the tests."""
    st.subheader("Two models on the same parts", anchor=False)
    names = [each.name for each in chosen]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        first = st.selectbox("First model", names, key="first", bind="query-params", width=200)
        others = [name for name in names if name != first]
        second = st.selectbox("Second model", others, key="second", bind="query-params", width=200)
        by = one_of("Compared", (VERDICT, HALF), "compared")
    one, two = (next(each for each in chosen if each.name == name) for name in (first, second))
    try:
        pair = model_results.pair(one, two, unseen=unseen, as_filed=as_filed)
    except CastingError as error:
        excuse("These two models cannot be compared picture by picture.", error)
        return
    found = pair.by_verdict if by == VERDICT else pair.at_half
    _lists(found, one, two, by == VERDICT)
    _tests(found, one, two)


def _lists(found: Agreement, one: SelectedResults, two: SelectedResults, by_verdict: bool) -> None:
    lists = {
        "first": (f"only {one.title} right", found.only_first),
        "second": (f"only {two.title} right", found.only_second),
        "both": ("both wrong", found.both_wrong),
    }
    if by_verdict:
        lists["person"] = ("left to a person", found.undecided)
    with st.grid(len(lists), min_column_width=140, gap="xsmall"):
        opened = [name for name, (title, paths) in lists.items() if opener(AMONG, name, f"**{len(paths):,}** {title}")]
    st.caption(
        "Press a number to see its pictures with both models’ maps. "
        + (
            "A verdict is wrong if a defective part passes or a sound one is rejected; what one or both leave to a "
            "person counts for neither."
            if by_verdict
            else "A model is wrong where its probability lies on the other side of 50 % than the label."
        )
    )
    for name in opened:
        title, paths = lists[name]
        pictures.browse(paths, [one, two], key=f"{AMONG}-{name}", title=title[:1].upper() + title[1:])


def _tests(found: Agreement, one: SelectedResults, two: SelectedResults) -> None:
    """Whether one is better, in words, and how often they say the same."""
    test, kappa = found.disagreement, found.kappa
    if test.difference is None:
        st.markdown("There is no part that both models decide, so neither can be called better.")
    elif test.only_first == test.only_second == 0:
        st.markdown(f"**On the {test.pictures:,} parts that both decide, neither is ever right alone.**")
    else:
        sign = 1 if test.difference.value >= 0 else -1
        ahead, behind = (one, two)[::sign]
        points = 100 * abs(test.difference.value)
        ends = sorted(100 * sign * end for end in test.difference.ends or ())
        between = f" (95 % interval over photographs: {' to '.join(map(_points, ends))})" if ends else ""
        rare = test.p_photographs < RARE
        st.markdown(
            f"**{ahead.title} is right on {points:.1f} of 100 parts more than {behind.title}**{between}, counted on "
            f"{test.pictures:,} pictures of {test.photographs} photographs that both decide. Were both equally good, "
            f"chance alone would give a difference as large {_often(test.p_photographs)} "
            f"(p = {_p(test.p_photographs)}). **So it {'is more than' if rare else 'may be'} chance.**"
        )
    if kappa is not None:
        between = "" if kappa.ends is None else f" ({kappa.low:.2f} to {kappa.high:.2f})"
        st.markdown(
            f"How often they say the same, beyond what chance would bring: **{kappa.value:.2f}**{between}. That is "
            "Cohen’s kappa: 1 is always, 0 is no more than by chance. It does not ask who is right."
        )
    with st.expander("Why this test, and not the usual one", icon=":material/help:"):
        most = max(Counter(each.row.source for each in one.rows.values()).values())
        st.markdown(
            "The usual test for two models is **McNemar’s**. It counts every picture as a piece of evidence of its "
            f"own, and gives p = {_p(test.p_pictures)}. But these pictures are turned and mirrored copies: up to "
            f"{most} show the same photograph, and a model that errs on one copy errs on most. It is like asking one "
            f"witness {most} times. So that p is far too small.\n\n"
            "The test above takes each **photograph** as one witness. Were both models equally good, they could change "
            "names on any photograph. Of all ways to change names, counted exactly, p is the share that gives a "
            "difference at least as large as the one that was found. It is called the sign-flip test."
        )


def _points(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _often(p: float) -> str:
    if p < 0.001:
        return "fewer than 1 time in 1,000"
    return f"{round(1000 * p):,} times in 1,000" if p < 0.9995 else "every time"


def _p(p: float) -> str:
    """Return a p as text; a very small one as a power of ten."""
    if p >= 1e-4:
        return f"{p:.3f}" if p >= 0.001 else f"{p:.4f}"
    digit, _, power = f"{p:.0e}".partition("e")
    return f"{digit} · 10⁻" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(each)] for each in str(-int(power)))
