"""The house rules that a program can hold: who imports whom, what stays light, what is explained."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import ROOT

# Rooms of one storey may know each other, though not in a circle; rooms above know those below.
STOREYS: tuple[tuple[str, ...], ...] = (
    ("casting_core.errors", "casting_core.labels", "casting_core.system.memory", "casting_core.system.openmp"),
    ("casting_core.data",),
    ("casting_core.networks",),
    ("casting_core.training", "casting_core.evaluation", "casting_core.explanation"),
    ("casting_core.inspection",),
    ("casting_core.exploration",),
    ("casting_core",),  # the public door
    ("casting_core.charts.overlay", "casting_core.charts"),
    ("pages.shared", "casting_core.commands"),  # the command line sits beside the pages
    ("pages.explorer", "pages.comparing", "pages.trust"),  # the parts of the larger pages
    ("pages", "casting_core.__main__"),
    ("app",),
)
HEIGHT = {room: height for height, rooms in enumerate(STOREYS) for room in rooms}
CORE = sorted((ROOT / "casting_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
APP = [p for p in (ROOT / "app.py",) if p.exists()]
ALL = CORE + PAGES + APP


def path_name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


by_file = pytest.mark.parametrize("file", ALL, ids=path_name)
by_core_file = pytest.mark.parametrize("file", CORE, ids=path_name)
QUIET = [file for file in CORE if file.name != "__main__.py"]


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file) for file in ALL}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imported(file: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, at any depth of its code."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively; write the full name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)


def room(module: str) -> str:
    """The room of one of our own modules: the longest name in `HEIGHT` that leads to it."""
    if module in ("casting_core", "app"):
        return module
    first, _, rest = module.partition(".")
    inner = f"{first}.{rest.partition('.')[0]}"
    if inner in HEIGHT:
        return inner
    assert first == "pages", f"{module} is in no room of the house; give {inner} a place in STOREYS"
    return "pages"


def ours(file: Path) -> set[str]:
    return {m for m in imported(file) if m.partition(".")[0] in ("casting_core", "pages", "app")}


@by_file
def test_imports_go_downwards(file: Path) -> None:
    here = room(module_name(file))
    if here == "casting_core":
        return  # the public door opens what it names only when asked; `test_import_is_light` holds that
    for module in ours(file):
        there = room(module)
        assert HEIGHT[there] <= HEIGHT[here], f"{here} must not import {module}, which stands above it"
        if here == "pages":
            assert there != "pages" or module == "pages", f"a page must not import another page ({module})"


def test_rooms_do_not_know_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for file in ALL:
        here = room(module_name(file))
        if here != "casting_core":
            graph.setdefault(here, set()).update({room(m) for m in ours(file)} - {here})
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


@by_core_file
def test_the_core_knows_no_streamlit(file: Path) -> None:
    assert "streamlit" not in {module.partition(".")[0] for module in imported(file)}


def test_import_is_light() -> None:
    heavy = "{'torch', 'streamlit', 'pandas', 'plotly', 'sklearn'}"
    command = f"import sys, casting_core; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("file", QUIET, ids=path_name)
def test_the_core_does_not_print(file: Path) -> None:
    lines = [
        node.lineno
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not lines, f"print() in lines {lines}; report through a callback, or use rich in the command line"


@by_file
def test_public_names_are_explained(file: Path) -> None:
    module = tree(file)
    silent = [] if ast.get_docstring(module) else ["the module itself"]
    silent += [
        node.name
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, f"without a docstring: {', '.join(silent)}"


# what is filled bit by bit, and handed on when it is full
GROWING = {
    "casting_core.data.collection.reading.ReadImages",
    "casting_core.training.logs.epochs.Rows",
    "casting_core.training.logs.csv_table.Table",
    "casting_core.training.logs.runs.ActivityMonitor",
}


def test_values_are_made_by_name_and_do_not_change() -> None:
    """Every dataclass is keyword-only, and frozen but for those that grow and for a module's own."""
    changing = set()
    for file in ALL:
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.ClassDef):
                continue
            made = [ast.unparse(decorator) for decorator in node.decorator_list]
            for decorator in (each for each in made if each.startswith("dataclass")):
                assert "kw_only=True" in decorator, f"{file}:{node.lineno} {node.name} takes values by position"
                if "frozen=True" not in decorator and not node.name.startswith("_"):
                    changing.add(f"{module_name(file)}.{node.name}")
    assert changing == GROWING


@by_file
def test_files_are_short(file: Path) -> None:
    assert file.stat().st_size <= 16 * 1024, "over 16 KB; is it one idea?"


@pytest.mark.skipif(not APP, reason="needs app.py")
def test_the_entry_file_only_routes() -> None:
    assert len(APP[0].read_text(encoding="utf-8").splitlines()) < 40
