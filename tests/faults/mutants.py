"""Pictures and archives that are broken, in every format, from seeds: the same ones each time."""

import io
import random
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from PIL import Image

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.synthetic.casting import render_casting

FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
EXTREMES = (b"\0" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0\0\0\x80", b"\0\0\1\0", b"\1\0\0\0")


@lru_cache
def originals(size: int = 64) -> dict[str, list[bytes]]:
    """Rendered castings as files by format: gray, colour, and with every kind of chunk that a camera writes."""
    made: dict[str, list[bytes]] = {form: [] for form in FORMATS}
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"
    for seed in range(3):
        pixels = render_casting(seed=seed, size=size, defects=(DefectKind.BLOW_HOLE,)).pixels
        gray = Image.fromarray(pixels)
        colour = Image.merge("RGB", (gray, gray.rotate(90), gray.rotate(180)))
        deep = Image.fromarray(pixels.astype(np.uint16) * 257)
        clear = colour.copy()
        clear.putalpha(gray)
        for form in FORMATS:
            each = {"gray": gray, "colour": colour}
            each |= {"clear": clear} if form in ("PNG", "TIFF", "WEBP") else {}
            each |= {"deep": deep, "few": colour.quantize(16)} if form in ("PNG", "TIFF") else {}
            for picture in each.values():
                stream = io.BytesIO()
                further = {"exif": exif} if form in ("JPEG", "PNG", "WEBP", "TIFF") else {}
                if form == "JPEG":
                    further["progressive"] = seed == 1
                if form == "TIFF" and seed:
                    further["compression"] = ("tiff_lzw", "tiff_deflate")[seed - 1]
                if form == "WEBP":
                    further["lossless"] = seed == 1
                picture.save(stream, form, **further)
                made[form].append(stream.getvalue())
    return made


def mutants(count: int, seed: int = 0, size: int = 64) -> Iterator[tuple[str, bytes]]:
    """How each was broken, and its bytes; made of castings of `size` px."""
    chance, files = random.Random(seed), originals(size)
    every = [content for each in files.values() for content in each]
    for number in range(count):
        form = FORMATS[number % len(FORMATS)]
        way = WAYS[number // len(FORMATS) % len(WAYS)]
        content = bytearray(chance.choice(files[form]))
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            content = way(content, chance, every)
        if form == "PNG" and chance.random() < 0.7:
            content = _summed(content)
        yield f"{form}{way.__name__}", bytes(content)


def _flip(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    for _ in range(chance.randint(1, 8)):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return content


def _cut(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    return content[: chance.randrange(len(content) + 1)]


def _repeat(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    """A piece comes again, often one that begins like a chunk of PNG, a marker of JPEG or a part of RIFF."""
    marks = (b"\xff\xd8", b"\xff\xda", b"IHDR", b"IDAT", b"VP8", b"II*\0")
    start = chance.choice([at for mark in marks if (at := content.find(mark)) >= 0] or [0])
    piece = content[max(0, start - 4) : start + chance.randrange(1, 200)]
    at = chance.randrange(len(content) + 1)
    return content[:at] + piece * chance.choice((1, 2, 50)) + content[at:]


def _header(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    for _ in range(chance.randint(1, 4)):
        if content:
            content[chance.randrange(min(96, len(content)))] = chance.choice((0, 1, 2, 0x7F, 0x80, 0xFF))
    return content


def _join(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    other = chance.choice(every)
    if chance.random() < 0.5:
        return content + other
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other)) :]


def _extreme(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    at = chance.randrange(max(1, min(200, len(content))))
    content[at : at + 4] = chance.choice(EXTREMES)
    return content


def _lose(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    at = chance.randrange(len(content) + 1)
    del content[at : at + chance.randrange(1, 40)]
    return content


def _noise(content: bytearray, chance: random.Random, every: list[bytes]) -> bytearray:
    at = chance.randrange(len(content) + 1)
    content[at : at + 16] = chance.randbytes(chance.randrange(1, 64))
    return content


WAYS = (_flip, _cut, _repeat, _header, _join, _extreme, _lose, _noise)


def broken(content: bytes, chance: random.Random) -> bytes:
    """Any bytes, broken in one way or several."""
    result = bytearray(content)
    for _ in range(chance.choice((1, 1, 2))):
        result = chance.choice(WAYS)(result, chance, [content])
    return bytes(result)


def _summed(content: bytearray) -> bytearray:
    """The check sums of PNG chunks set right, so that what is in them is looked at."""
    at = 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        if end + 4 > len(content):
            break
        content[end : end + 4] = zlib.crc32(content[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return content


def archives() -> dict[str, bytes]:
    """Archives and documents that somebody might drop: bombs, paths that climb out, links, pictures inside."""
    picture = _plain()
    made: dict[str, bytes] = {}

    def packed(files: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", kind) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return stream.getvalue()

    made["pictures.zip"] = packed({"good/a.png": picture, "bad/b.png": picture})
    made["climbs.zip"] = packed({"../../../etc/a.png": picture, "/abs.png": picture, "..\\up.png": picture})
    made["bomb.zip"] = packed({"a": bytes(30_000_000)})
    made["nested.zip"] = packed({"b.zip": packed({"a": bytes(5_000_000)})}, zipfile.ZIP_STORED)
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    made["link.zip"] = stream.getvalue()
    made["picture that is a zip.png"] = made["pictures.zip"]
    made["empty.zip"] = packed({})
    made["a.tar.gz"] = b"\x1f\x8b\x08\0" + bytes(20)
    made["a.7z"] = b"7z\xbc\xaf\x27\x1c" + bytes(20)
    made["a.rar"] = b"Rar!\x1a\x07\x01\0" + bytes(20)
    made["a.pdf"] = b"%PDF-1.7\n" + bytes(20)
    made["a.svg"] = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
    made["a.html"] = b"<!doctype html><script>alert(1)</script>"
    made["a.heic"] = b"\0\0\0\x18ftypheic" + bytes(20)
    made["a.gif"] = b"GIF89a" + bytes(20)
    made["a.exe"] = b"MZ" + bytes(60)
    made["nothing.png"] = b""
    return made


def _plain() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((64, 64)).save(stream, "PNG")
    return stream.getvalue()


def polyglot() -> bytes:
    """A picture with an archive behind it: read as the picture that it is."""
    return originals()["PNG"][0] + archives()["climbs.zip"]
