"""What was loaded is not searched for garbage again, and what becomes garbage later is still found."""

import gc
import weakref

from pages.shared.idle_cleanup import sweep


class Ring:
    """Refers to itself, so that only a search finds that it is garbage."""

    def __init__(self) -> None:
        self.me = self


def test_what_is_there_is_left_alone_until_the_next_sweep() -> None:
    before, after = Ring(), None
    sweep()
    assert gc.get_freeze_count() > 1000
    after = Ring()
    gone = weakref.ref(before), weakref.ref(after)
    del before, after
    gc.collect()
    assert [each() is None for each in gone] == [False, True]
    sweep()
    assert gone[0]() is None
