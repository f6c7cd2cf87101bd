"""The commands `data …` on small folders and, where it is at hand, on the real set."""

import csv
import os
from pathlib import Path

import pytest

from casting_core.data.samples import PROVENANCE
from casting_core.data.synthetic.dataset import render_set
from casting_core.data.synthetic.flange_dataset import flange
from tests import says
from tests.commands.conftest import data


def test_render_writes_what_audit_can_read(tmp_path: Path):
    data("render", "--out", "set", "--count", "40", "--size", "96", cwd=tmp_path)
    assert len(list((tmp_path / "set").glob("t*/*_front/*.jpeg"))) == 40
    again = data("audit", "--data", "set", "--out", "facts.csv", cwd=tmp_path)
    assert "Source photographs:" in again.stdout
    with (tmp_path / "facts.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert (len(rows), list(rows[0])) == (40, ["path", "sha256", "split", "label", "source", "fold", "suspect"])


def test_without_data_the_way_to_it_is_named(tmp_path: Path):
    for command in ("check", "audit"):
        assert "data fetch" in data(command, cwd=tmp_path, code=2).stderr


def test_the_real_set_is_whole_and_unaltered(data_root: Path, tmp_path: Path):
    data("check", cwd=tmp_path, CASTING_DATA=str(data_root))


def test_the_audit_of_the_real_set_gives_the_shipped_table(data_root: Path, tmp_path: Path):
    if "CASTING_AUDIT" not in os.environ:
        pytest.skip("takes minutes; set CASTING_AUDIT=1 to repeat the audit of the whole set")
    data("audit", "--out", "facts.csv", cwd=tmp_path, CASTING_DATA=str(data_root))
    assert (tmp_path / "facts.csv").read_bytes() == PROVENANCE.read_bytes()


def test_flanges_are_rendered_and_described(tmp_path: Path):
    options = ("--product", "flange", "--out", "set", "--count", "20", "--size", "80", "--workers", "1")
    assert "20 flanges" in data("render", *options, cwd=tmp_path).stdout
    described = data("describe", "--data", "set", cwd=tmp_path)
    says(described.stdout, "good is sound", "20 pictures show 20 photographs")
    good = next(line for line in described.stdout.splitlines() if line.split()[:2] == ["good", "ok"])
    assert good.split()[2:] == ["8", "2", "0"]  # train, test, doubted


def test_describe_refuses_with_a_sentence(tmp_path: Path):
    render_set(tmp_path / "set", 8, flange, size=64)
    for arguments, words in ((["set", "--defective", "dull"], "no class named dull"), (["nowhere"], "no folder")):
        assert words in data("describe", "--data", *arguments, cwd=tmp_path, code=2).stderr
