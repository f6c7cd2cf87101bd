"""Judging many pictures beside the page: it stays alive, and every result is there as soon as it is made.

One background thread a list of pictures fills in results while the page looks on; it can be stopped, and goes on where
it was. What is done is kept as long as the session, also when the visitor turns to another page.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from PIL import Image

from casting_core.errors import CastingError
from casting_core.inspection.photograph import Photograph
from casting_core.inspection.results import Inspection
from pages.shared.marked import as_uri
from pages.shared.uploads import Upload

SIDE = 72  # px, long side of a thumbnail

JudgeMany = Callable[[Iterable[Upload]], Iterator[tuple[Photograph, Inspection]]]  # see `resources.judge_many`


Result = tuple[Inspection, str | None]  # and the picture small and gray as a data URI, where it could be judged


class Job:
    """Judges pictures by `judge_many` in a thread; safe to look at from any other.

    Pictures of the same SHA-256 are judged once. `error`: what ended it early, in words; else None.
    """

    def __init__(self, uploads: Iterable[Upload], judge_many: JudgeMany) -> None:
        self.waiting = {upload.sha256: upload for upload in uploads if upload.refusal is None}
        self.total = len(self.waiting)
        self.error: str | None = None
        self._judge_many = judge_many
        self._results: dict[str, Result] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._began, self._begun_with = 0.0, 0

    @property
    def running(self) -> bool:
        """Whether pictures are being judged."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def finished(self) -> bool:
        """Whether every picture has its result."""
        return self.done == self.total

    @property
    def done(self) -> int:
        """Pictures that have their result."""
        return len(self._results)

    def result(self, sha256: str) -> Result | tuple[None, None]:
        """Return the result of a picture, if it is there."""
        return self._results.get(sha256, (None, None))

    def seconds_left(self) -> float | None:
        """How long the rest will take at the pace so far; None before there is a pace."""
        made = self.done - self._begun_with
        return (self.total - self.done) * (time.monotonic() - self._began) / made if made and self.running else None

    def start(self) -> None:
        """Judge what has no result yet. Nothing happens while it runs, or when all is done."""
        if self.running or self.finished:
            return
        self._stop.clear()
        self.error = None
        self._began, self._begun_with = time.monotonic(), self.done
        self._thread = threading.Thread(target=self._run, name="batch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the picture that is being judged; what is done stays."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        left = [upload for sha256, upload in self.waiting.items() if sha256 not in self._results]
        try:
            for upload, (photograph, inspection) in zip(left, self._judge_many(left), strict=True):
                small = None
                if inspection.probability is not None:
                    small = as_uri(Image.fromarray(photograph.picture().pixels), side=SIDE)
                self._results[upload.sha256] = inspection, small
                if self._stop.is_set():
                    return
        except CastingError as error:
            self.error = str(error)
