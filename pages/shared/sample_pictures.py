"""Castings that the product renders itself, to be tried as if they had been uploaded."""

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image

from casting_core.data.synthetic.casting import samples
from pages.shared.uploads import Upload


@dataclass(frozen=True, kw_only=True)
class SamplePicture:
    """A casting that was rendered, as the PNG file that it would be uploaded as."""

    sentence: str
    upload: Upload


@cache
def sample_pictures() -> dict[str, SamplePicture]:
    """Return the castings that the product renders, by name."""
    pictures = {}
    for sample in samples():
        stream = io.BytesIO()
        Image.fromarray(sample.render().pixels).save(stream, "PNG")
        upload = Upload.of(f"{sample.name}.png", stream.getvalue())
        pictures[sample.name] = SamplePicture(sentence=sample.sentence, upload=upload)
    return pictures
