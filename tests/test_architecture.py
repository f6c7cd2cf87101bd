"""The rules of the house that a program can hold: who imports whom, what stays light, what is documented and tested."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests import ROOT

# Packages of one layer may import each other, though not in a circle; those above import those below.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("casting_core.errors", "casting_core.labels", "casting_core.estimate", "casting_core.system"),
    ("casting_core.data",),
    ("casting_core.networks",),
    ("casting_core.explanation",),
    ("casting_core.inspection",),
    ("casting_core.evaluation",),
    ("casting_core.training", "casting_core.exploration"),
    ("casting_core",),  # the public door, which imports what it names only when asked
    ("casting_core.charts",),
    ("pages.shared", "casting_core.commands"),  # the command line sits beside the pages
    ("pages.views",),
    ("pages", "casting_core.__main__"),
    ("app",),
)
LAYER = {package: height for height, packages in enumerate(LAYERS) for package in packages}
MAX_MODULES = 20  # side by side in one package
CORE = sorted((ROOT / "casting_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
ALL = [*CORE, *PAGES, ROOT / "app.py"]

# Modules of the core that hold nothing but declarations, which the tests of those who use them check.
UNTESTED = {
    "casting_core.data.augmentation_settings",
    "casting_core.errors",
    "casting_core.evaluation.comparison.published",
}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in ALL}
TREES = {file: ast.parse(file.read_text(encoding="utf-8"), str(file)) for file in ALL}


def imported(file: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, at any depth of its code."""
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively; write the full name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)


@cache
def ours(module: str) -> frozenset[str]:
    """Modules of the project that a module imports; none for the public door."""
    if module == "casting_core":
        return frozenset()
    return frozenset(each for each in imported(MODULES[module]) if each in MODULES) - {module}


def package(module: str) -> str:
    """The package of `LAYERS` that a module belongs to: the longest name that leads to it."""
    parts = module.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    found = next((name for name in names if name in LAYER), "")
    assert found in LAYER if found != "casting_core" else module == found, f"{module} has no place in LAYERS"
    return found


def test_imports_go_downwards() -> None:
    upwards = [
        f"{module} imports {each}"
        for module in MODULES
        for each in ours(module)
        if LAYER[package(each)] > LAYER[package(module)]
    ]
    assert not upwards
    for page in (module for module in MODULES if package(module) == "pages"):
        others = {each for each in ours(page) if package(each) == "pages"} - {"pages"}
        assert not others, f"{page} must not import another page: {others}"


def test_there_is_no_circle_of_files_or_packages() -> None:
    """Of every package: what stands in it, files and packages, seen from there."""
    parents = {module.rpartition(".")[0] for module in MODULES}
    graphs: dict[str, dict[str, set[str]]] = {parent: {} for parent in parents if parent}
    for module in MODULES:
        for each in ours(module):
            for parent, graph in graphs.items():
                if module.startswith(f"{parent}.") and each.startswith(f"{parent}."):
                    a, b = (name.removeprefix(f"{parent}.").partition(".")[0] for name in (module, each))
                    if a != b:
                        graph.setdefault(a, set()).add(b)
    graphs["all files"] = {module: set(ours(module)) for module in MODULES}
    for graph in graphs.values():
        list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


def test_packages_are_small_enough_to_be_read() -> None:
    for folder in {file.parent for file in ALL}:
        modules = [file for file in folder.glob("*.py") if file.name != "__init__.py"]
        assert len(modules) <= MAX_MODULES, f"{folder} holds {len(modules)} modules; sort them into packages"


def test_folder_is_page() -> None:
    """The parts of a page stand in the folder of its name, and its tests in another."""
    pages = {file.stem for file in (ROOT / "pages").glob("*.py")}
    for folder in (ROOT / "pages" / "views", ROOT / "tests" / "pages" / "views"):
        strangers = {each.name for each in folder.iterdir() if each.is_dir() and each.name != "__pycache__"} - pages
        assert not strangers, f"{folder} has folders of no page: {strangers}"
    assert {each.name for each in (ROOT / "pages" / "views").iterdir() if (each / "__init__.py").exists()} == pages


def source_of(test: Path) -> list[Path]:
    """What `tests/a/test_b.py` or `test_b_<aspect>.py` tests: `a/b.py`, or `a/__b__.py`, of the core or the pages."""
    folder = test.parent.relative_to(ROOT / "tests")
    home = ROOT / folder if folder.parts[:1] == ("pages",) else ROOT / "casting_core" / folder
    words = test.stem.removeprefix("test_").split("_")
    names = ("_".join(words[:count]) for count in range(len(words), 0, -1))
    candidates = (home / file for name in names for file in (f"{name}.py", f"__{name}__.py"))
    return [file for file in candidates if file.exists()][:1]


def test_tests_mirror_the_sources() -> None:
    """Every module of the core has tests of its name; pages and their views are tested where they are drawn.

    Tests of the whole (`browser`, `faults`, and some beside this one) have no module of their own.
    """
    tests = [
        test
        for test in sorted((ROOT / "tests").rglob("test_*.py"))
        if test.relative_to(ROOT / "tests").parts[0] not in ("browser", "faults")
    ]
    strangers = [str(test.relative_to(ROOT)) for test in tests if not source_of(test) and test.parent != ROOT / "tests"]
    assert not strangers, f"tests of no module: {strangers}"
    covered = {file for test in tests for file in source_of(test)}
    modules = {file for file in CORE if file.name != "__init__.py"} - covered
    assert {module_name(file) for file in modules} == UNTESTED


def test_the_core_knows_no_streamlit() -> None:
    assert not [file for file in CORE if "streamlit" in {module.partition(".")[0] for module in imported(file)}]


def test_import_is_light() -> None:
    heavy = "{'torch', 'streamlit', 'pandas', 'plotly', 'sklearn'}"
    command = f"import sys, casting_core; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.split() == []


def test_the_core_does_not_print() -> None:
    """It reports through a callback; the command line uses typer and rich."""
    lines = [
        f"{file}:{node.lineno}"
        for file in CORE
        if file.name != "__main__.py"
        for node in ast.walk(TREES[file])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not lines


def test_public_names_are_documented() -> None:
    silent = [module for module, file in MODULES.items() if not ast.get_docstring(TREES[file])]
    silent += [
        f"{module}.{node.name}"
        for module, file in MODULES.items()
        for node in TREES[file].body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, f"without a docstring: {', '.join(silent)}"


# what is filled bit by bit, and handed on when it is full
GROWING = {
    "casting_core.data.collection.reading.ReadImages",
}


def test_values_are_made_by_name_and_do_not_change() -> None:
    """Every dataclass is keyword-only, and frozen but for those that grow and for a module's own."""
    changing = set()
    for module, file in MODULES.items():
        for node in ast.walk(TREES[file]):
            if not isinstance(node, ast.ClassDef):
                continue
            made = [ast.unparse(decorator) for decorator in node.decorator_list]
            for decorator in (each for each in made if each.startswith("dataclass")):
                assert "kw_only=True" in decorator, f"{file}:{node.lineno} {node.name} takes values by position"
                if "frozen=True" not in decorator and not node.name.startswith("_"):
                    changing.add(f"{module}.{node.name}")
    assert changing == GROWING


def test_files_are_short() -> None:
    long = [str(file) for file in ALL if file.stat().st_size > 16 * 1024]
    assert not long, f"over 16 KB; is it one idea? {long}"


def test_the_entry_file_only_routes() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 40
