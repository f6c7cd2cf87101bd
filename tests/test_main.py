"""The command line's entry: which commands there are, and how each kind of error ends it."""

import errno
import importlib
import pkgutil
import sys
from collections.abc import Callable

import pytest

from casting_core import __main__ as entry
from casting_core import commands
from casting_core.errors import CastingError, DataError, ImageError
from tests import says


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "wait_briefly", lambda: None)  # it sets variables of this process
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/casting-inspector"])


def failing(error: BaseException) -> Callable[..., None]:
    """A command line whose command fails."""

    def app(**options: object) -> None:
        raise error

    return app


def ended(capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    """The exit code and what was said on standard error; nothing is said on standard output."""
    with pytest.raises(SystemExit) as stop:
        entry.main()
    said = capsys.readouterr()
    assert said.out == ""
    return stop.value.code, said.err


@pytest.mark.parametrize("error", [CastingError("It is odd."), DataError("No folder."), ImageError("No picture.")])
def test_an_error_of_the_project_ends_it_with_its_sentence(error: CastingError, monkeypatch, capsys):
    monkeypatch.setattr(entry, "app", failing(error))
    assert ended(capsys) == (2, f"Error: {error}\n")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_disk_that_takes_no_more_ends_it_with_the_file_and_what_to_do(number: int, monkeypatch, capsys):
    monkeypatch.setattr(entry, "app", failing(OSError(number, "refused", "some/file.csv")))
    code, said = ended(capsys)
    assert code == 2
    says(said, "some/file.csv", "Free some space or make it writable")


@pytest.mark.parametrize(
    "error", [FileNotFoundError(errno.ENOENT, "gone"), OSError("without a number"), ValueError("a bug")]
)
def test_what_nobody_foresaw_keeps_its_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "app", failing(error))
    with pytest.raises(type(error)) as raised:
        entry.main()
    assert raised.value is error


def test_a_real_command_reports_through_the_same_door(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["casting-inspector", "compare", "no-such-model"])
    code, said = ended(capsys)
    assert code == 2
    assert said.startswith("Error: There is no model 'no-such-model'")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("started", "name"),
    [("/bin/casting-inspector", "casting-inspector"), ("/core/__main__.py", "python -m casting_core")],
)
def test_help_calls_the_program_as_it_was_called(started: str, name: str, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [started, "--help"])
    with pytest.raises(SystemExit) as stop:
        entry.main()
    assert stop.value.code == 0
    assert f"Usage: {name} [OPTIONS] COMMAND" in capsys.readouterr().out


def test_the_threads_wait_is_set_before_the_command_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(entry, "wait_briefly", lambda: order.append("set"))
    monkeypatch.setattr(entry, "app", lambda **options: order.append("run"))
    entry.main()
    assert order == ["set", "run"]


def test_every_module_of_commands_is_one_under_its_name() -> None:
    modules = {
        each.name: importlib.import_module(f"{commands.__name__}.{each.name}")
        for each in pkgutil.iter_modules(commands.__path__)
    }
    single = {each.name: each.callback for each in entry.app.registered_commands}
    assert single == {name: module.command for name, module in modules.items() if hasattr(module, "command")}
    groups = {each.name: each.typer_instance for each in entry.app.registered_groups}
    assert groups == {name: module.app for name, module in modules.items() if hasattr(module, "app")}
