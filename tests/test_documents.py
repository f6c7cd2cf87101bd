"""The documents: links lead somewhere, commands run, and what can be compared with the code agrees with it."""

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from casting_core.networks.card import DEFAULT, MODELS, read_card
from tests import ROOT
from tests.browser.every_page import VIEWS
from tests.commands.conftest import run

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "models" / "README.md"], key=lambda file: file.as_posix()
)
LONGEST_README = 150  # lines
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\((?P<target>[^)\s]+)\)|<(?P<bare>https?://[^>\s]+)>|src=\"(?P<image>[^\"]+)\""
)
OWN_VARIABLE = re.compile(r"\bCASTING_[A-Z]+(?:_[A-Z]+)*\b")
COMMAND = "casting-inspector "
STARTS_THE_APP = "casting-inspector app"  # which runs until it is stopped


def path_name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def prose(file: Path) -> str:
    """The text without its code blocks."""
    return BLOCK.sub("", file.read_text(encoding="utf-8"))


def anchors(file: Path) -> set[str]:
    """The names under which the headings of a document can be linked to, as GitHub makes them."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for heading in re.findall(r"^#+ +(.+?) *$", prose(file), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def links(file: Path) -> list[str]:
    return [target for match in LINK.finditer(prose(file)) for target in match.groups() if target]


@pytest.mark.parametrize("file", DOCUMENTS, ids=path_name)
def test_links_lead_somewhere(file: Path) -> None:
    for target in links(file):
        if re.match(r"[a-z]+:", target):
            assert re.fullmatch(r"https?://[\w.-]+\.[a-z]{2,}(/[^\s<>\"]*)?", target), f"{target} is no address"
            continue
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        assert there.is_relative_to(ROOT), f"{target} leads out of the project"
        assert there.exists(), f"{target} does not exist"
        if anchor:
            assert anchor in anchors(there), f"{there.name} has no heading #{anchor}"


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        file = waiting.pop()
        if file in reached:
            continue
        reached.add(file)
        targets = [(file.parent / target.partition("#")[0]).resolve() for target in links(file) if ":" not in target]
        waiting += [target for target in targets if target.suffix == ".md"]
    assert [path_name(file) for file in DOCUMENTS if file not in reached] == ["docs/README.md"]


def test_every_image_is_shown_and_small() -> None:
    shown = {(file.parent / target).resolve() for file in DOCUMENTS for target in links(file)}
    for image in (ROOT / "docs" / "images").iterdir():
        assert image in shown, f"{image.name} is in no document"
        assert image.stat().st_size < 250_000, f"{image.name} has over 250 KB"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= LONGEST_README


def test_the_readme_states_the_figures_of_the_card() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    figures = read_card(MODELS / DEFAULT).metrics.to_json()["by_source"]["without_suspects"]
    for name in ("missed_defects", "false_alarms", "reviews"):
        share = figures[name]
        rate = f"{share['share']:.2%} ({share['low']:.2%} to {share['high']:.2%})"
        assert f"| {share['count']:,} of {share['of']:,} | {rate} |" in text, name


def test_every_environment_variable_is_listed_and_used() -> None:
    code = [
        *(ROOT / "casting_core").rglob("*.py"),
        *(ROOT / "pages").rglob("*.py"),
        *(file for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__)),
        ROOT / "app.py",
        ROOT / "Containerfile",
    ]
    used = {name for file in code for name in OWN_VARIABLE.findall(file.read_text(encoding="utf-8"))}
    table = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8").split("## Environment variables\n")[1]
    listed = {name for row in re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE) for name in OWN_VARIABLE.findall(row)}
    assert used <= listed, "docs/hosting.md leaves some out"
    assert listed == used, "docs/hosting.md lists what nothing reads"


@pytest.mark.parametrize(("name", "page"), [("data", "dataset"), ("app", "comparison"), ("app", "evidence")])
def test_views_are_named_as_they_are_on_the_page(name: str, page: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| view \| what it shows \|\n\|[- |]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    named = [tuple(row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()) for table in tables]
    assert VIEWS[page] in named


def runnable(file: Path) -> list[tuple[str, str]]:
    """Kind and text of the blocks that need neither data nor long: ``sh`` and ``python`` without another word."""
    found = [(match["kind"].strip(), match["text"]) for match in BLOCK.finditer(file.read_text(encoding="utf-8"))]
    return [(kind, text) for kind, text in found if kind in ("sh", "python")]


@pytest.mark.parametrize("file", [file for file in DOCUMENTS if runnable(file)], ids=path_name)
def test_commands_run(file: Path, tmp_path: Path) -> None:
    """Block after block in one empty folder, each line of a `sh` block as a command of its own."""
    variables = {"CASTING_CACHE": str(tmp_path / "cache"), "COLUMNS": "120"}
    for kind, text in runnable(file):
        if kind == "python":
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(tmp_path)
                exec(text, {"__name__": "__main__"})
            continue
        for line in [line for line in text.splitlines() if line.strip() and not line.startswith(STARTS_THE_APP)]:
            assert line.startswith(COMMAND), f"only {COMMAND.strip()} is run here: {text}"
            given, _, target = line.removeprefix(COMMAND).partition(" > ")
            done = run(*shlex.split(given, comments=True), cwd=tmp_path, **variables)
            assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
            if target:
                (tmp_path / target).write_text(done.stdout, encoding="utf-8")


@pytest.mark.parametrize("file", DOCUMENTS, ids=path_name)
def test_every_command_in_a_document_exists(file: Path) -> None:
    """Also those of the blocks that are not run: the command and each of its options is one that there is."""
    import typer

    from casting_core.__main__ import app

    group = typer.main.get_command(app)
    for match in BLOCK.finditer(file.read_text(encoding="utf-8")):
        for line in re.findall(rf"(?:^|do ){COMMAND}([^;#>|\n]*)", match["text"], re.MULTILINE):
            words = shlex.split(line)
            if words[0] == "app":
                continue
            command = group
            while hasattr(command, "commands"):
                assert words[0] in command.commands, f"there is no command {line}"
                command = command.commands[words.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
            assert {word for word in words if word.startswith("--")} <= known, line
