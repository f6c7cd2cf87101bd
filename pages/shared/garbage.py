"""Python's search for garbage, kept short.

Streamlit has everything searched after each run of a page. Half a million objects that PyTorch and scikit-learn made
when they were loaded take a quarter of a second each time, in which no other visitor is served, and none of them is
ever garbage.

Source: https://docs.python.org/3/library/gc.html#gc.freeze
"""

import gc


def sweep() -> None:
    """Let go of all garbage there is; what is left is not searched again before the next sweep."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
