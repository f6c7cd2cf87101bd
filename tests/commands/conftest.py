"""The command line in this process, run as from a shell."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner, Result

from casting_core import __main__ as entry


def run(*arguments: str, cwd: Path, **variables: str) -> CompletedProcess[str]:
    """What a command answers in that folder, with none of the project's variables set but these."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith("CASTING_")]:
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.chdir(cwd)
        patch.setattr(sys, "argv", ["casting-inspector", *arguments])
        patch.setattr(entry, "wait_briefly", lambda: None)  # it sets variables of this process
        with pytest.raises(SystemExit) as ended:
            entry.main()
    return CompletedProcess(arguments, int(ended.value.code or 0), out.getvalue(), err.getvalue())


def data(*arguments: str, cwd: Path, code: int = 0, **variables: str) -> CompletedProcess[str]:
    """What a command of `data` answers; it must end with that code."""
    answer = run("data", *arguments, cwd=cwd, **variables)
    assert answer.returncode == code, answer.stderr
    return answer


def invoke(*arguments: str) -> Result:
    """What a command answers that must end well, by Typer's own runner."""
    result = CliRunner().invoke(entry.app, arguments)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str) -> BaseException | None:
    """The error that ends a command."""
    return CliRunner().invoke(entry.app, arguments).exception


def wrong(*arguments: str) -> str:
    """What is said of wrong usage."""
    result = CliRunner().invoke(entry.app, arguments)
    assert result.exit_code == 2
    return result.output
