"""The wheel, installed where there is no checkout: it judges a casting, and shows its first page.

What the package asks for is what its code imports, and both lists of it agree.
"""

import ast
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import ROOT
from tests.browser.conftest import running_app

pytest.importorskip("hatchling", reason="needs hatchling, which builds the wheel")
HEADLINE = "Castings, looked at one by one"
IMAGES_AND_LEFTOVERS = (".jpeg", ".jpg", ".png", ".bmp", ".pyc")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with wheel and source archive, built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", str(folder), cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel alone."""
    (file,) = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that holds nothing but the wheel.

    What the wheel depends on comes from the environment of these tests, but for the project itself.
    """
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(home, with_pip=False)
    (packages,) = home.glob("lib/python*/site-packages")
    here = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "dependencies.pth").write_text(f"{here}\n", encoding="utf-8")
    programs = home / "bin"
    pip = (sys.executable, "-m", "pip", "--python", str(programs / "python"))
    run(*pip, "install", "--no-deps", "--no-index", "--ignore-installed", "--quiet", str(wheel), cwd=home)
    return programs


def run(*command: str, cwd: Path) -> str:
    """What a program writes to its standard output; it must end well."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CASTING_"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_package_app_and_models_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"casting_core"}
    tracked = run("git", "ls-files", "models", "pages", "casting_core", cwd=ROOT).splitlines()
    places = {"models": "casting_core/_models", "pages": "casting_core/_app/pages", "casting_core": "casting_core"}
    for file in tracked:
        top, _, rest = file.partition("/")
        assert f"{places[top]}/{rest}" in names
    assert {"casting_core/_app/app.py", "casting_core/_app/.streamlit/config.toml"} <= names
    assert not [name for name in names if name.endswith(IMAGES_AND_LEFTOVERS)]


def test_the_source_archive_holds_what_the_wheel_is_built_from_and_no_more(built: Path) -> None:
    (file,) = built.glob("*.tar.gz")
    with tarfile.open(file) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    folders = {"casting_core", "pages", "models", ".streamlit"}
    files = {"app.py", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE", "PKG-INFO", ".gitignore"}
    assert {name.partition("/")[0] for name in names} == folders | files
    assert not [name for name in names if name.endswith(IMAGES_AND_LEFTOVERS)]


def test_it_judges_a_casting_from_another_folder(installed: Path, tmp_path: Path) -> None:
    package = run(str(installed / "python"), "-c", "import casting_core; print(casting_core.__file__)", cwd=tmp_path)
    assert Path(package.strip()).is_relative_to(installed.parent)
    program = str(installed / "casting-inspector")
    run(program, "data", "render", "--out", "castings", "--count", "4", "--size", "240", cwd=tmp_path)
    lines = run(program, "inspect", "castings/train", "--format", "jsonl", cwd=tmp_path).splitlines()
    found = [json.loads(line) for line in lines]
    assert found
    assert all(each["model"] == "castnet" and each["probability"] is not None for each in found)
    assert "Usage: casting-inspector ship" in run(program, "ship", "--help", cwd=tmp_path)


@pytest.mark.browser
def test_it_shows_a_link_that_is_the_first_thing_it_gets_and_its_first_page(
    browser, installed: Path, tmp_path: Path, monkeypatch
):
    """Streamlit would show the link without the frame: narrow, and with its own list of files as navigation."""
    for name in [name for name in os.environ if name.startswith(("PYTHON", "CASTING_"))]:
        monkeypatch.delenv(name)
    command = (str(installed / "casting-inspector"), "app", "--no-browser", "--address", "127.0.0.1", "--port")
    with running_app(tmp_path / "log.txt", command, tmp_path) as address, browser.new_page() as page:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address + "/inspection?source=Sample&sample=Burr")
        page.get_by_text("Burr.png").wait_for(timeout=120_000)
        page.get_by_role("link", name="Overview").wait_for()
        assert page.get_by_role("link", name="Overview").count() == 1
        assert page.locator("[data-testid=stMainBlockContainer]").bounding_box()["width"] > 1000
        page.goto(address)
        page.get_by_role("heading", name=HEADLINE).wait_for(timeout=120_000)
        assert page.locator("[data-testid=stException]").count() == 0
        seen = page.locator("[data-testid=stApp]").evaluate("app => getComputedStyle(app).backgroundColor")
        assert seen == "rgb(251, 251, 249)", "the settings in .streamlit/config.toml do not hold"


def requirements(lines: list[str]) -> dict[str, Requirement]:
    found = [Requirement(line) for line in lines if not line.startswith("casting-inspector")]
    return {re.sub(r"[-_.]+", "-", each.name).lower(): each for each in found}


def imported(file: Path) -> set[str]:
    """The packages that a file imports, at any depth of its code."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {"google.protobuf" if name.startswith("google.protobuf") else name.partition(".")[0] for name in names}


def test_what_is_imported_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = requirements([*project["dependencies"], *project["optional-dependencies"]["train"]]).keys()
    files = [ROOT / "app.py", *(ROOT / "casting_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    names = set().union(*map(imported, files)) - sys.stdlib_module_names - {"casting_core", "pages"}
    providers = {**packages_distributions(), "google.protobuf": ["protobuf"]}
    assert not {name for name in names if not requirements(providers.get(name, [])).keys() & asked}


@pytest.mark.parametrize("extra", ["", "dev"])
def test_both_lists_of_requirements_agree(extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = requirements([*extras["dev"], *extras["train"]] if extra else project["dependencies"])
    file = ROOT / ("requirements-dev.txt" if extra else "requirements.txt")
    lines = [line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    pinned = requirements([line for line in lines if line and not line.startswith("-r")])
    tests = {"pytest"}  # stands in requirements.txt, so that one list is enough to use and to test the app
    assert pinned.keys() - tests == asked.keys() - tests
    for name, requirement in pinned.items():
        (pin,) = requirement.specifier
        assert pin.operator == "=="
        assert name in tests or asked[name].specifier.contains(pin.version), name
