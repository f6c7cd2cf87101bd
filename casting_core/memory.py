"""Memory that is freed and wanted again in a moment: glibc may keep it, instead of asking the system for it each time.

At first it hands every array of more than 128 KiB back at once, and a new one comes as pages that the system has to
clear, which can take as long as the arithmetic. It learns from what is freed: after an array of nearly 32 MiB, smaller
ones are kept, up to 64 MiB in all.

Source: https://man7.org/linux/man-pages/man3/mallopt.3.html (M_MMAP_THRESHOLD)
"""

import numpy as np

LARGE = 32 * 2**20 - 2**16  # bytes; from 32 MiB on nothing is learned


def keep_freed_memory() -> None:
    """Let this process keep the memory of arrays that it frees; on other C libraries nothing changes."""
    np.empty(LARGE, np.uint8)  # freed at once
