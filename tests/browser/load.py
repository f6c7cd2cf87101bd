"""`make load`: many visitors at once, each with a picture of their own, and what the server needs for them.

Visitors speak Streamlit's own protocol over WebSockets, so that the server is measured and not so many browsers. All
drop their picture at the same moment; each verdict must be that of its own picture. Then all leave, and the memory is
read again.
"""

import asyncio
import io
import os
import statistics
import sys
import tempfile
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import websockets
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from casting_core import Inspector
from casting_core.data.synthetic.casting import render_casting
from pages.shared.wording import WORDING
from tests.browser.conftest import running_app

WITHIN = 10.0  # s, for 95 % of the verdicts
MAX_MEMORY = 2.0  # GiB
PATIENCE = 180.0  # s
WARM = 20.0  # s, until all is loaded that a server loads in the background after its first picture
AFTER = 30.0  # s, until memory is read once more after all have left


@dataclass(kw_only=True, eq=False)
class Visitor:
    """One session: its connection, what it was told of the page, and where it can drop a picture."""

    address: str
    session: str = ""
    uploader: str = ""
    headings: list[str] = field(default_factory=list)
    finished: int = 0
    urls: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # by request: file, upload, delete

    async def enter(self) -> None:
        """Open the page on inspection, and wait until a picture can be dropped."""
        self.token, cookie = await asyncio.to_thread(self._cookie)
        self.cookie = {"Cookie": cookie}
        self.socket = await websockets.connect(
            self.address.replace("http", "ws") + "/_stcore/stream",
            subprotocols=["streamlit", self.token],
            additional_headers=self.cookie,
            origin=self.address,
            max_size=None,
        )
        self.reading = asyncio.create_task(self._read())
        await self._run()
        await self._until(lambda: self.finished and self.uploader)

    async def judge(self, number: int, data: bytes, words: set[str], expected: str) -> float:
        """Drop a picture and wait for its verdict; seconds. Raises where another one is told."""
        began, name = time.perf_counter(), f"part {number}.png"
        request, self.headings = uuid.uuid4().hex, []
        message = BackMsg()
        message.file_urls_request.request_id = request
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        await self.socket.send(message.SerializeToString())
        await self._until(lambda: request in self.urls)
        file, upload, delete = self.urls[request]
        await asyncio.to_thread(self._put, upload, name, data)
        await self._run((file, upload, delete, name, len(data)))
        await self._until(lambda: any(word in told for word in words for told in self.headings))
        told = next(told for told in self.headings if any(word in told for word in words))
        assert expected in told, f"expected {expected}, got {told}"
        return time.perf_counter() - began

    async def leave(self) -> None:
        """Break off."""
        self.reading.cancel()
        await self.socket.close()

    async def _until(self, true) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.01)

    async def _run(self, file: tuple[str, str, str, str, int] | None = None) -> None:
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "inspection"
        if file is not None:
            state = message.rerun_script.widget_states.widgets.add()
            state.id = self.uploader
            info = state.file_uploader_state_value.uploaded_file_info.add()
            info.file_id, info.name, info.size = file[0], file[3], file[4]
            info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = file[:3]
        await self.socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for data in self.socket:
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            elif kind == "script_finished":
                self.finished += 1
            elif kind == "file_urls_response":
                found = message.file_urls_response
                urls = found.file_urls[0]
                self.urls[found.response_id] = urls.file_id, urls.upload_url, urls.delete_url
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                if element.WhichOneof("type") == "file_uploader":
                    self.uploader = element.file_uploader.id
                elif element.WhichOneof("type") == "heading":
                    self.headings.append(element.heading.body)

    def _cookie(self) -> tuple[str, str]:
        with urllib.request.urlopen(self.address + "/_stcore/health", timeout=PATIENCE) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        return cookie.split("=", 1)[1].strip('"'), cookie

    def _put(self, url: str, name: str, data: bytes) -> None:
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{head}Content-Type: image/png\r\n\r\n".encode() + data + f"\r\n--{edge}--\r\n".encode()
        headers = {**self.cookie, "X-Xsrftoken": self.token, "Content-Type": f"multipart/form-data; boundary={edge}"}
        request = urllib.request.Request(self.address + url, body, headers, method="PUT")
        with urllib.request.urlopen(request, timeout=PATIENCE):
            pass


def picture(seed: int) -> bytes:
    """A casting of its own as a PNG file, with defects or without."""
    stream = io.BytesIO()
    Image.fromarray(render_casting(seed=seed, size=300, defects="random").pixels).save(stream, "PNG")
    return stream.getvalue()


def memory() -> float:
    """GiB that the server begun here holds."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if told.get("PPid", "").strip() == str(os.getpid()):
            held += int(told.get("VmRSS", "0 kB").split()[0])
    return held / 2**20


async def run(visitors: int) -> bool:
    """Run it, print the figures, and say whether they are as promised."""
    inspector = Inspector.load()
    pictures = [picture(1000 + number) for number in range(visitors)]
    expected = [WORDING[inspector.inspect(data, explain=False).verdict].word for data in pictures]
    words = {each.word for each in WORDING.values()}
    highest = [0.0]

    async def watch() -> None:
        while True:
            highest[0] = max(highest[0], await asyncio.to_thread(memory))
            await asyncio.sleep(0.3)

    with tempfile.TemporaryDirectory() as scratch, running_app(Path(scratch) / "log.txt") as address:
        first = Visitor(address=address)  # the server has warmed up before it is measured
        await first.enter()
        await first.judge(0, picture(999), words, "")
        await first.leave()
        await asyncio.sleep(WARM)
        watching = asyncio.create_task(watch())
        crowd = [Visitor(address=address) for _ in range(visitors)]
        await asyncio.gather(*(each.enter() for each in crowd))
        before = memory()
        drops = zip(crowd, pictures, expected, strict=True)
        told = await asyncio.gather(
            *(each.judge(number, data, words, word) for number, (each, data, word) in enumerate(drops)),
            return_exceptions=True,
        )
        await asyncio.gather(*(each.leave() for each in crowd))
        await asyncio.sleep(AFTER)
        watching.cancel()
        after = memory()
    seconds = sorted(each for each in told if isinstance(each, float))
    for wrong in (each for each in told if not isinstance(each, float)):
        print(f"Not as it should be: {type(wrong).__name__} {wrong}")
    late = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))] if seconds else float("inf")
    print(f"Visitors at once: {visitors}; right verdicts: {len(seconds)}.")
    if seconds:
        middle = statistics.median(seconds)
        print(f"Seconds from the drop: median {middle:.1f}, 95 % {late:.1f}, last {seconds[-1]:.1f}.")
    print(f"Memory in GiB: {before:.2f} before the drop, {highest[0]:.2f} at most, {after:.2f} after they left.")
    return len(seconds) == visitors and late <= WITHIN and highest[0] <= MAX_MEMORY


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 30)) else 1)
