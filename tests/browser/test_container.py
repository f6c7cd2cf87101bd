"""The container recipe, as far as it can be tried without building an image: what it copies, and what it runs, works
on a file system that cannot be written but for /tmp, without privileges.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT, give, settled
from tests.factories import sample_png

RECIPE = (ROOT / "Containerfile").read_text(encoding="utf-8")
LINES = [line.strip() for line in RECIPE.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
LAST = LINES[[place for place, line in enumerate(LINES) if line.startswith("FROM ")][-1] :]  # the stage that runs
PLACE, TOOLS = Path("/srv"), Path("/mnt")  # where the copy is mounted, and what runs it


def copied() -> list[tuple[str, str]]:
    """What the recipe copies from the project, and to where."""
    pairs = [line.split()[1:] for line in LAST if line.startswith("COPY ") and "--from" not in line]
    return [(source, target) for *sources, target in pairs for source in sources]


def environment() -> dict[str, str]:
    """The variables that the recipe sets, without the search path."""
    told = " ".join(line.removeprefix("ENV ") for line in LAST if line.startswith("ENV "))
    return {name: value for name, value in (word.split("=", 1) for word in shlex.split(told)) if name != "PATH"}


def command() -> list[str]:
    """What the recipe runs."""
    (line,) = [line for line in LAST if line.startswith("CMD ")]
    return re.findall(r'"([^"]*)"', line)


def test_the_recipe_runs_as_an_unprivileged_user_with_a_health_check():
    (user,) = [line.split()[1] for line in LAST if line.startswith("USER ")]
    assert user.isdigit()
    assert int(user) > 0
    assert any(line.startswith("HEALTHCHECK ") and "/_stcore/health" in line for line in LINES)
    assert environment()["CASTING_HOSTED"] == "1"
    assert "ARG TORCH_INDEX" in RECIPE


def test_what_it_copies_exists_and_reaches_the_build():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    for source, _ in [*copied(), ("requirements.txt", "")]:
        assert (ROOT / source).exists()
        assert f"!{source}" in ignored


@pytest.fixture(scope="module")
def contained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, run as the recipe says."""
    tools = all(shutil.which(tool) for tool in ("unshare", "setpriv", "mount"))
    if not tools or os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("needs root, and leave to mount in a namespace of its own")
    home = tmp_path_factory.mktemp("image")
    for source, target in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, home / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, home / target)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _, *arguments = [re.sub(r"^--server.port=.*", f"--server.port={port}", word) for word in command()]
    program = [str(TOOLS / "bin" / Path(sys.executable).name), "-m", "streamlit", *arguments]
    variables = [f"{name}={value}" for name, value in environment().items()]
    inside = (
        f"mount --bind {shlex.quote(str(home))} {PLACE} && mount --bind {shlex.quote(sys.prefix)} {TOOLS} "
        "&& mount -t tmpfs tmpfs /tmp "
        f"&& mount -o remount,bind,ro / && mount -o remount,bind,ro {PLACE} && cd {PLACE} "
        "&& exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "
        f"env -i PATH=/usr/bin:/bin {shlex.join([*variables, *program])}"
    )
    log = home.parent / "contained.txt"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", inside], stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                    break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.browser
@pytest.mark.slow
def test_a_part_is_judged_where_nothing_can_be_written(page, contained):
    page.goto(contained + "/inspection")
    give(page, [("part.png", sample_png(0))])
    page.get_by_role("heading", name="Sound").wait_for()
    settled(page)
    page.goto(contained + "/dataset?data=Public+set")
    page.get_by_text("7,348").first.wait_for()
    settled(page)
    assert not page.get_by_role("radio", name="Another folder").count()
    assert not page.get_by_text("cannot be shown").count()
