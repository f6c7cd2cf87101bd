"""The table of networks: light to read, whole, and the only place that knows them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from casting_core.errors import ModelError
from casting_core.networks.registry import ARCHITECTURES, BASELINE, Architecture, architecture
from casting_core.training.settings import settings_for
from tests import ROOT


def test_reading_the_table_loads_no_torch() -> None:
    code = "import sys, casting_core.networks.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_network_is_built_and_has_settings(name: str) -> None:
    network = architecture(name).build()
    assert type(network).__module__ == f"casting_core.networks.{ARCHITECTURES[name].network.partition(':')[0]}"
    assert settings_for(name).size == ARCHITECTURES[name].size


@pytest.mark.parametrize("name", [name for name, each in ARCHITECTURES.items() if each.comparison_only])
def test_weights_of_what_is_only_compared_are_small(name: str) -> None:
    assert sum(4 * p.numel() for p in architecture(name).build().parameters()) <= 12e6


def test_what_is_only_compared_says_so() -> None:
    for each in ARCHITECTURES.values():
        assert ("not" in each.purpose.split()) == each.comparison_only
    assert [name for name, each in ARCHITECTURES.items() if each.baseline] == [BASELINE]


def test_an_entry_that_lacks_something_says_what() -> None:
    with pytest.raises(TypeError, match="'training', 'purpose', and 'limits'"):
        Architecture(name="new", title="new", network="new:New", size=64, heatmap_layer=None)  # type: ignore[call-arg]


def test_an_unknown_network_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="there are: brightness, castnet"):
        settings_for("resnet")


def test_no_other_module_names_a_network() -> None:
    """But for the default model, which is one of them, and for the names of measures that are called alike."""
    others = set(ARCHITECTURES) - {BASELINE}
    for folder in ("casting_core", "pages"):
        for file in (ROOT / folder).rglob("*.py"):
            texts = [
                n.value for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)
            ]
            named = others & {text for text in texts if isinstance(text, str)}
            where = file.relative_to(ROOT)
            allowed = {
                Path("casting_core/networks/registry.py"): others,
                Path("casting_core/networks/card.py"): {"castnet"},
            }
            assert named <= allowed.get(where, set()), where
