"""The commands `data …` on small folders and, where it is at hand, on the real set."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT


def run(*arguments: str, cwd: Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "CASTING_DATA"}
    environment["PYTHONPATH"] = str(ROOT)
    if data is not None:
        environment["CASTING_DATA"] = str(data)
    command = [sys.executable, "-m", "casting_core", "data", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False)


def test_render_writes_what_audit_can_read(tmp_path: Path):
    rendered = run("render", "--out", "set", "--count", "60", "--size", "96", cwd=tmp_path)
    assert rendered.returncode == 0, rendered.stderr
    assert len(list((tmp_path / "set").glob("t*/*_front/*.jpeg"))) == 60
    again = run("audit", "--data", "set", "--out", "facts.csv", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "Source photographs:" in again.stdout
    with (tmp_path / "facts.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 60
    assert list(rows[0]) == ["path", "sha256", "split", "label", "source", "fold", "suspect"]


def test_without_data_the_way_to_it_is_named(tmp_path: Path):
    for command in ("check", "audit"):
        result = run(command, cwd=tmp_path)
        assert result.returncode == 2
        assert "data fetch" in result.stderr
        assert "Traceback" not in result.stderr


def test_the_real_set_is_whole_and_unaltered(data_root: Path, tmp_path: Path):
    result = run("check", cwd=tmp_path, data=data_root)
    assert result.returncode == 0, result.stdout


def test_the_audit_of_the_real_set_gives_the_shipped_table(data_root: Path, tmp_path: Path):
    if "CASTING_AUDIT" not in os.environ:
        pytest.skip("takes minutes; set CASTING_AUDIT=1 to repeat the audit of the whole set")
    result = run("audit", "--out", "facts.csv", cwd=tmp_path, data=data_root)
    assert result.returncode == 0, result.stderr
    shipped = ROOT / "casting_core" / "data" / "provenance" / "provenance.csv"
    assert (tmp_path / "facts.csv").read_bytes() == shipped.read_bytes()


def test_flanges_are_rendered_and_described(tmp_path: Path):
    options = ("--product", "flange", "--out", "set", "--count", "20", "--size", "80", "--workers", "1")
    rendered = run("render", *options, cwd=tmp_path)
    assert rendered.returncode == 0, rendered.stderr
    assert "20 flanges" in rendered.stdout
    described = run("describe", "--data", "set", cwd=tmp_path)
    assert described.returncode == 0, described.stderr
    assert "good is sound" in described.stdout
    assert "20 pictures show 20 photographs" in described.stdout
    good = next(line for line in described.stdout.splitlines() if line.split()[:2] == ["good", "ok"])
    assert good.split()[2:] == ["8", "2", "0"]  # train, test, doubted


def test_describe_refuses_with_a_sentence(tmp_path: Path):
    rendered = run("render", "--product", "flange", "--out", "set", "--count", "8", "--size", "64", cwd=tmp_path)
    assert rendered.returncode == 0
    for arguments, words in ((["set", "--defective", "dull"], "no class named dull"), (["nowhere"], "no folder")):
        result = run("describe", "--data", *arguments, cwd=tmp_path)
        assert result.returncode == 2
        assert words in result.stderr
        assert "Traceback" not in result.stderr
