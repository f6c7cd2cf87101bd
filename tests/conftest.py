"""What all tests share: where real pictures are, a few rendered castings, and what keeps them quick."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import settings

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import Rendered, render_casting
from casting_core.labels import Label
from casting_core.system.memory import keep_freed_memory

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# what takes long comes first, so that no worker ends late (xdist: `--no-loadscope-reorder`)
LONGEST = ("browser", "commands", "training", "pages", "faults", "test_installed.py", "test_documents.py", "inspection")
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

# no deadline: the time of one example says more of the machine's load than of the code
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

# small tensors gain nothing from a second thread, and a busy machine makes threads wait for each other; nor do the
# processes that tests start
torch.set_num_threads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")
keep_freed_memory()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by `LONGEST`."""
    tests = Path(__file__).parent
    places = [tests / name for name in LONGEST]
    items.sort(key=lambda item: [not item.path.is_relative_to(place) for place in places])


@pytest.fixture(scope="session", autouse=True)
def quick_pages() -> Iterator[None]:
    """Pages without a browser: no run of one may end in an exception, and Streamlit looks through all installed
    packages for components once, not at every run.
    """
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import AppTest

    run = AppTest._run

    def whole(app: AppTest, *given: object, **more: object) -> AppTest:
        run(app, *given, **more)
        assert not app.exception, [each.message for each in app.exception]
        return app

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppTest, "_run", whole)
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="module", autouse=True)
def loaded_stays() -> Iterator[None]:
    """What modules before have loaded is not searched for garbage again and again; and `__main__`, in whose place the
    test driver of pages puts their script, is again what new processes can import.
    """
    gc.freeze()
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def _folder(variable: str, holds: str) -> Path:
    value = os.environ.get(variable)
    if not value or not Path(value).is_dir():
        pytest.skip(f"needs {holds}: set {variable} to their folder")
    return Path(value)


@pytest.fixture(scope="session")
def made_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of every kind, as `write_models` makes them."""
    from tests.inspection.other_models import write_models

    made = tmp_path_factory.mktemp("models")
    write_models(made, tmp_path_factory.mktemp("pictures"))
    return made


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The public data set; the test is skipped where it is not at hand."""
    return _folder("CASTING_DATA", "the pictures of the public data set")


@pytest.fixture(scope="session")
def masks_root() -> Path:
    """The second capture with masks; the test is skipped where it is not at hand."""
    return _folder("CASTING_MASKS", "the second capture with its masks")


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium: `CHROMIUM`, else the one that is installed. A process can have one driver, so all tests share it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium: install it, or set CHROMIUM to its program")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def castings() -> tuple[Rendered, ...]:
    """Six small rendered castings (96 px): the odd ones defective, the even ones sound."""
    kinds = (DefectKind.BLOW_HOLE, DefectKind.CHIPPING, DefectKind.SCRATCH)
    return tuple(
        render_casting(seed=seed, size=96, defects=(kinds[seed // 2],) if seed % 2 else ()) for seed in range(6)
    )


@pytest.fixture(scope="session")
def samples() -> tuple[Sample, ...]:
    """The six castings as samples of three source photographs a label."""
    return tuple(
        Sample(path=f"train/x/{n}.png", split="train", label=Label.DEFECTIVE if n % 2 else Label.OK, source=n)
        for n in range(6)
    )
