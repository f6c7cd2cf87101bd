"""For whom the app runs: for the owner of this computer, or for strangers, who name no folder of it and write to none.

A server that only this computer can reach serves its owner. One that listens to the network serves strangers, unless
its owner says otherwise with `CASTING_HOSTED`.
"""

import ipaddress
import os
from contextlib import suppress

VARIABLE = "CASTING_HOSTED"
NO = ("0", "false", "no", "off")


def is_loopback(address: str | None) -> bool:
    """Whether a server at that address is reached from this computer alone. None: it listens on every address."""
    with suppress(ValueError):
        return ipaddress.ip_address(address or "").is_loopback
    return address == "localhost"


def hosted(address: str | None) -> bool:
    """Whether the rules for strangers hold: as `CASTING_HOSTED` says, else where others can reach that address."""
    told = os.environ.get(VARIABLE, "").strip().lower()
    return told not in NO if told else not is_loopback(address)
