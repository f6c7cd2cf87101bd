"""Python's search for garbage, kept short.

Streamlit has everything searched after each run of a page. The hundreds of thousands of objects that PyTorch and
scikit-learn made when they were loaded take tenths of a second each time, in which no other visitor is served, and none
of them is ever garbage. So they are frozen once a model is loaded (`resources`), and only `sweep` looks at them again.

Source: https://docs.python.org/3/library/gc.html#gc.freeze
"""

import gc


def sweep() -> None:
    """Let go of all garbage there is, also of what was frozen and has become garbage since, and freeze what is left."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
