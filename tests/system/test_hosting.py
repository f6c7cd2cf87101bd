"""Who listens to the network serves strangers, unless the owner says otherwise."""

import pytest

from casting_core.system.hosting import VARIABLE, hosted, is_loopback

HERE, ELSEWHERE = (
    ("127.0.0.1", "127.0.0.9", "::1", "localhost"),
    (None, "", "0.0.0.0", "::", "192.168.1.5", "a.example"),
)


@pytest.mark.parametrize("address", [*HERE, *ELSEWHERE])
def test_the_address_decides_where_nothing_is_said(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " ")
    assert is_loopback(address) is (address in HERE)
    assert hosted(address) is (address in ELSEWHERE)
    for said in ("0", "No", " false "):
        monkeypatch.setenv(VARIABLE, said)
        assert not hosted(address)
    for said in ("1", "true", "what?"):  # a slip of the pen opens no folder
        monkeypatch.setenv(VARIABLE, said)
        assert hosted(address)
