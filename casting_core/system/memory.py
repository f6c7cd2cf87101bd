"""Keep freed memory in the process instead of returning it to the system after every step, or return it all at once.

A training step, a renderer or an indexer asks for the same large blocks again and again. glibc maps blocks of that size
anew each time, and the system clears every page of them when it is first written; kept, they cost nothing.

Sources: https://man7.org/linux/man-pages/man3/mallopt.3.html, https://man7.org/linux/man-pages/man3/malloc_trim.3.html
"""

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of mallopt(3)
MAX_BLOCK = 1 << 30  # bytes: blocks up to this size come from the heap, and as much may lie free at its end


def keep_freed_memory() -> bool:
    """Change it for this process, where its C library is glibc; returns whether it is."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(MMAP_THRESHOLD, MAX_BLOCK) and mallopt(TRIM_THRESHOLD, MAX_BLOCK))


def return_freed_memory() -> bool:
    """Return to the system what is free, after work that took much; returns whether the C library can, as glibc."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    trim(0)
    return True
