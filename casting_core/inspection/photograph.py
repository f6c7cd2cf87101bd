"""One photograph, and what every question about it needs: its pixels and its part.

It is read, decoded and searched for the part once, each when somebody first asks for it, however many models judge it
and however much is asked about it.
"""

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from PIL import Image

from casting_core.data.images import DEFAULT_LIMITS, ImageLimits, Picture, Source, decode, read
from casting_core.data.part.finder import Part, find_part


class Photograph:
    """A photograph to inspect.

    Threads may share it; two that ask for the same thing at the same moment may both do the work.

    Parameters
    ----------
    source : what `data.images.decode` takes. A file object must stay open until `content` has been asked for.
    limits : what it may cost at most.

    Attributes
    ----------
    content : function that reads the source, see `data.images.read`.
    picture : function that decodes it, see `data.images.decode`. Both raise `ImageError`, each time they are asked.
    part : function that finds the part on it, in its pixels; None where there is none. Raises `ImageError`.
    """

    def __init__(self, source: Source, *, limits: ImageLimits = DEFAULT_LIMITS) -> None:
        content = cache(partial(read, source, limits=limits))
        picture = cache(lambda: decode(content(), limits=limits))
        self.content: Callable[[], bytes | Image.Image | np.ndarray] = content
        self.picture: Callable[[], Picture] = picture
        self.part: Callable[[], Part | None] = cache(lambda: find_part(picture().pixels))
