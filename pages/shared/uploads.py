"""Pictures from the browser: checked, counted, and kept for the session.

A file uploader forgets its files when it is not drawn, and enforces no limit of its own on their
number or total size. So files are taken over as soon as they arrive: what is over a limit keeps
its line with the reason, but not its bytes. The server counts them as they come in (`server.upload_limit`), and is told
which are needed no more.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

import streamlit as st

from casting_core.data.images import DEFAULT_LIMITS
from pages.shared.server.upload_limit import MAX_BYTES, release

MAX_FILES = 500
KEPT = "uploads"  # in the session: the source, and its uploads
ON_SERVER = "uploads on the server"  # in the session: their names there


class BrowserFile(Protocol):
    """A file as Streamlit hands it over."""

    name: str
    size: int
    file_id: str

    def getvalue(self) -> bytes:
        """Its bytes."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file: its name as given, and its bytes, or the reason why they were refused."""

    name: str
    sha256: str = ""
    data: bytes = b""
    refusal: str | None = None

    @classmethod
    def of(cls, name: str, data: bytes) -> "Upload":
        """Make an upload of a file that was taken."""
        return cls(name=name, sha256=hashlib.sha256(data).hexdigest(), data=data)


def take(files: Iterable[BrowserFile]) -> tuple[Upload, ...]:
    """Take over files in their order. Hidden files, which folders bring along, are left out."""
    uploads: list[Upload] = []
    count = total = 0
    for file in files:
        if any(part.startswith(".") for part in PurePosixPath(file.name).parts):
            continue
        refusal = _refusal(file.size, count, total)
        if refusal:
            uploads.append(Upload(name=file.name, refusal=refusal))
            continue
        data = file.getvalue()
        count, total = count + 1, total + len(data)
        uploads.append(Upload.of(file.name, data))
    return tuple(uploads)


def _refusal(size: int, count: int, total: int) -> str | None:
    mebibytes = size / 2**20
    if size > DEFAULT_LIMITS.max_bytes:
        most = DEFAULT_LIMITS.max_bytes / 2**20
        return f"The file has {mebibytes:.1f} MiB, the limit is {most:.0f} MiB. Save it as JPEG or with fewer pixels."
    if count >= MAX_FILES:
        return f"Only {MAX_FILES} files are judged at a time. Clear the list, then add this one."
    if total + size > MAX_BYTES:
        most = MAX_BYTES / 2**20
        return f"Only {most:.0f} MiB are judged at a time. Clear the list, then add this file."
    return None


def keep(source: str, key: str) -> None:
    """Take over the files of an uploader or a camera, in place of those kept before; a callback."""
    value = st.session_state[key]
    files: list[BrowserFile] = value if isinstance(value, list) else [value] if value is not None else []
    now = {file.file_id for file in files}
    release(st.session_state.get(ON_SERVER, set()) - now)
    st.session_state[ON_SERVER] = now
    st.session_state[KEPT] = (source, take(files))


def kept(source: str) -> tuple[Upload, ...]:
    """Return the session's uploads from that source."""
    came_from, uploads = st.session_state.get(KEPT, (source, ()))
    return uploads if came_from == source else ()


def clear() -> None:
    """Forget the session's uploads."""
    st.session_state.pop(KEPT, None)
    release(st.session_state.pop(ON_SERVER, set()))
