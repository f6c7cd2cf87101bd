"""`app`: the app in the browser, from any folder."""

import importlib.util
import runpy
import sys
from typing import Annotated

import typer

from casting_core.errors import SettingsError
from casting_core.system.places import APP


def command(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="8501, or the next that is free.")] = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    browser: Annotated[bool, typer.Option(help="Whether to open the app in the browser.")] = True,
    further: Annotated[list[str] | None, typer.Argument(help="Further options of Streamlit, after `--`.")] = None,
) -> None:
    """Start the app, from any folder.

    Its own settings override a .streamlit/config.toml of the current folder; what follows `--` overrides both.
    Relative folders (data, runs) are relative to the current folder.
    """
    if importlib.util.find_spec("streamlit") is None:
        raise SettingsError("The app needs Streamlit; install it with: pip install casting-inspector")
    options = {"server.port": port, "server.address": address, "server.headless": None if browser else "true"}
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    sys.argv = ["streamlit", "run", str(APP), *given, *(further or ())]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
