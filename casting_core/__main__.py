"""The command line: `casting-inspector …` or `python -m casting_core …`, a module of `commands` for each command."""

import errno
import sys

import typer

from casting_core.commands import app as start
from casting_core.commands import benchmark, compare, data, evaluate, inspect, ship, train
from casting_core.errors import CastingError
from casting_core.system.openmp import wait_briefly

app = typer.Typer(
    help="Judge photographs of cast metal parts, show where and why, and say how far that can be trusted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("app")(start.command)
app.command("inspect")(inspect.command)
app.add_typer(data.app, name="data")
app.command("train")(train.command)
app.command("evaluate")(evaluate.command)
app.command("compare")(compare.command)
app.command("ship")(ship.command)
app.command("benchmark")(benchmark.command)


def main() -> None:
    """Run the command line; errors of the project, and a disk that takes no more, end it with a sentence and code 2."""
    wait_briefly()
    try:
        app(prog_name="python -m casting_core" if sys.argv[0].endswith("__main__.py") else "casting-inspector")
    except CastingError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        print(f"Error: {error}. Free some space or make it writable, and run this again.", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
