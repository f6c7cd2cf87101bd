"""The app and the models are where they are said to be; `tests/test_installed.py` asks an installed copy."""

from casting_core.system.places import APP, PACKAGE, SHIPPED_MODELS
from tests import ROOT


def test_in_a_checkout_they_stand_beside_the_package() -> None:
    assert PACKAGE.parent == ROOT
    assert ROOT / "app.py" == APP
    assert (SHIPPED_MODELS / "castnet" / "card.json").is_file()
