"""What cards say: read and written again, every shipped card is the same file."""

from pathlib import Path

import pytest

from casting_core.networks.card import CARD, MODELS, homes, read_card, shipped

SHIPPED = [home / name for home in homes() for name in shipped(home)] if MODELS.is_dir() else []


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_card_read_and_written_is_the_same_file(folder: Path) -> None:
    assert read_card(folder).to_json() == (folder / CARD).read_text(encoding="utf-8")
