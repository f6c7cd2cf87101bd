"""`app`: the app in the browser, from any folder."""

import importlib.util
import runpy
import sys
from typing import Annotated

import typer

from casting_core.errors import SettingsError
from casting_core.system.hosting import hosted, is_loopback
from casting_core.system.places import APP


def command(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="8501, or the next that is free.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Address to listen on, this computer alone by default; 0.0.0.0 serves others.")
    ] = None,
    names: Annotated[
        list[str] | None, typer.Option("--name", help="Name by which others reach this computer; may be repeated.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Whether to open the app in the browser.")] = True,
    further: Annotated[list[str] | None, typer.Argument(help="Further options of Streamlit, after `--`.")] = None,
) -> None:
    """Start the app, from any folder, for this computer alone.

    With another `--address` it serves others, under the rules for strangers: they name no folder of this computer and
    write to none. CASTING_HOSTED=0 lifts them; whoever may then come in has to be said with `--name`.

    Its own settings override a .streamlit/config.toml of the current folder; what follows `--` overrides both.
    Relative folders (data, runs) are relative to the current folder.
    """
    if importlib.util.find_spec("streamlit") is None:
        raise SettingsError("The app needs Streamlit; install it with: pip install casting-inspector")
    options = {"server.port": port, "server.address": address, "server.headless": None if browser else "true"}
    given = [f"--{name}={value}" for name, value in options.items() if value is not None]
    given += [f"--server.allowedHosts={name}" for name in _allowed(address, names or [])]
    sys.argv = ["streamlit", "run", str(APP), *given, *(further or ())]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _allowed(address: str | None, names: list[str]) -> list[str]:
    """Return the names that the app answers to; none: those of this computer, as its settings say."""
    if names:
        return [*names, "localhost", "127.0.0.1", "::1"]
    if address is None or is_loopback(address):
        return []
    if hosted(address):
        return ["*"]
    raise SettingsError(
        f"With CASTING_HOSTED=0, whoever reaches {address} can name folders of this computer. Say under which names "
        "others reach it, such as --name inspection.example --name 192.168.1.20, or leave CASTING_HOSTED out."
    )
