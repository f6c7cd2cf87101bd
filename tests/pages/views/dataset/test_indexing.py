"""Jobs run in the folder in which the app was started, with the app's own code."""

from pathlib import Path

import pytest

from pages.views.dataset.indexing import IndexJob


def test_relative_folders_are_those_of_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "casting_core.py").write_text("raise SystemExit('taken from the current folder')\n", encoding="utf-8")
    job = IndexJob([["data", "render", "--lines", "--out", "castings", "--count", "2", "--size", "64"]])
    job._thread.join(120)
    assert job.error is None
    assert (tmp_path / "castings" / "defects.csv").is_file()
