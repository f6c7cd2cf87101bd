"""Inputs that several views ask with; the link keeps what was chosen."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st


def one_of(label: str, options: Iterable[str], key: str, **more: Any) -> str:
    """Let the visitor choose one of these, which is the first until another is chosen.

    `more`: of `st.segmented_control`.
    """
    names = list(options)
    chosen: str = st.segmented_control(
        label, names, default=names[0], required=True, key=key, bind="query-params", **more
    )
    return chosen


def model(names: Sequence[str], *, instead: str, **more: Any) -> str | None:
    """Let the visitor choose a model; None where there is none. Where a link names another, `instead` is what is told.

    `more`: of `st.selectbox`.
    """
    asked = st.query_params.get("model")
    if asked and asked not in names:
        st.toast(f"The model that this link names is not here; {instead}.", icon=":material/info:")
    return st.selectbox("Model", names, key="model", bind="query-params", width=320, **more)


def several(label: str, options: Sequence[str], key: str, *, default: Sequence[str]) -> list[str]:
    """Let the visitor choose any of these."""
    return st.pills(label, options, selection_mode="multi", default=default, key=key, bind="query-params")


def diameter(what: str) -> float | None:
    """Ask for the diameter of the part in millimetres; None where it is not told. `what`: is given in them as well."""
    return st.number_input(
        "Diameter of the part (mm)",
        min_value=1.0,
        max_value=10_000.0,
        value=None,
        step=1.0,
        format="%.1f",
        placeholder="not told",
        key="diameter",
        bind="query-params",
        help=f"Once it is told, {what} are given in millimetres as well.",
        width=240,
    )
