"""`app`: the app in the browser, from any folder."""

import os
import subprocess
import sys
from typing import Annotated

import typer


def command(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; 8501, or the next free one, if left out.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on, such as 127.0.0.1; all if left out.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the app in the browser.")] = True,
    further: Annotated[
        list[str] | None, typer.Argument(metavar="[-- OPTIONS]", help="Options of `streamlit run`.", show_default=False)
    ] = None,
) -> None:
    """Start the app; Ctrl-C stops it. Relative folders, such as data and runs, are relative to the current folder."""
    from importlib.util import find_spec

    from casting_core.errors import SettingsError
    from casting_core.system.places import APP

    if find_spec("streamlit") is None:
        raise SettingsError(
            f"The app needs Streamlit, which {sys.executable} does not have; install it with: pip install streamlit"
        )
    options = {"port": port, "address": address, "headless": None if browser else "true"}
    given = [f"--server.{name}={value}" for name, value in options.items() if value is not None]
    # `-P`: no module is taken from the current folder. Streamlit reads the settings beside app.py wherever it is started.
    line = [sys.executable, "-P", "-m", "streamlit", "run", str(APP / "app.py"), *given, *(further or ())]
    if os.name == "posix":
        os.execv(sys.executable, line)  # the same process, so that signals reach the server
    raise typer.Exit(subprocess.run(line).returncode)
