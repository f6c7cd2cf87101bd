"""Castings that the product renders itself, to be tried as if they had been uploaded."""

from dataclasses import dataclass
from functools import cache

from PIL import Image

from casting_core.data.images import encoded
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
        upload = Upload.of(f"{sample.name}.png", encoded(Image.fromarray(sample.render().pixels), "PNG"))
        pictures[sample.name] = SamplePicture(sentence=sample.sentence, upload=upload)
    return pictures
