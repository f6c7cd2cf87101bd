"""How long OpenMP's threads wait busily for their next share of work, where PyTorch brings GNU's OpenMP.

By default they do for some five milliseconds. That keeps a core from whatever comes after an operation: the search for
the part beside the network, the next picture, another visitor. A tenth of a millisecond is as good for the operations
of a network, which follow each other more closely than that.

Source: https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html
"""

import os

SPINS = 10_000


def wait_briefly() -> None:
    """Set it for this process and those that it starts, unless somebody has. Call it before torch is imported."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))
