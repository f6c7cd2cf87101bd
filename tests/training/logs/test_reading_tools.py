"""Logs as twenty tools write them (`tools/README.md`): each is read right, or refused with the true reason.

Their changed copies are read or refused by our typed error, 150 here, 2,000 in the long run (`CASTING_LONG_FAULTS=1`).
"""

import os
import random
from pathlib import Path

import pytest

from casting_core.errors import DataError
from casting_core.training.logs.reading import read_any_log, read_files
from tests.faults.mutants import broken

COUNT = 2000 if os.environ.get("CASTING_LONG_FAULTS") else 150
HERE = Path(__file__).with_name("tools")
PATHS = sorted(file for file in HERE.rglob("*") if file.is_file() and file.suffix != ".md")
FILES = {file.relative_to(HERE).as_posix(): file.read_bytes() for file in PATHS}
OWN = {"tl": "train_loss", "vl": "validation_loss", "ta": "train_accuracy", "va": "validation_accuracy"}
OWN |= {"l": "loss", "a": "accuracy"}
LOGGED = {  # where a tool logs what it is given
    "train_loss": [0.8, 0.6, 0.5, 0.4],
    "validation_loss": [0.9, 0.7, 0.65, 0.6],
    "validation_accuracy": [0.5, 0.7, 0.75, 0.8],
    "train_accuracy": [0.6, 0.75, 0.8, 0.85],
}
GIVEN: dict[str, list[str]] = {  # tool → for each run: its name, and what of `LOGGED` it holds
    "accelerate": ["castings: tl vl"],
    "clearml": ["clearml: tl vl"],
    "comet": ["messages: tl vl"],
    "dvclive": ["dvclive: tl vl va"],
    "ignite": ["tb: tl vl va"],
    "mlruns": ["fit-0: tl vl va", "fit-1: va"],  # of the second the losses are higher by 0.1
    "tensorboardx": ["run1: tl vl ta va"],
    "timm": ["timm: tl vl va"],
    "torch": ["run1: tl vl"],
    "ultralytics": ["ultralytics: tl vl va"],
    "wandb": ["brisk-fox-3: tl vl va"],
}
KERAS = ["german", "history_pandas", "keras", "keras", "keras, part 1", "quoted_decimal", "records", "train"]
FOUND: dict[str, list[str]] = {  # tool → for each run: its name, epochs, and the last value of each curve
    "catboost": [
        "catboost_info: 5 tl=0.525 vl=0.588 ta=0.953 va=0.78",
        "catboost_training: 5",  # lists, whose names stand elsewhere; nothing is guessed
        "learn_error: 5 l=0.525 a=0.953",
        "test_error: 5 l=0.588 a=0.78",
    ],
    "fastai": ["fastai, part 1: 3 tl=0.635 vl=0.626 va=0.656", "fastai, part 2: 2 tl=0.622 vl=0.616 va=0.656"],
    "keras": [
        *(f"{name}: 3 tl=0.761 vl=0.64 ta=0.542 va=0.625" for name in KERAS),
        "keras, part 2: 2 tl=0.761 vl=0.64 ta=0.542 va=0.625",
    ],
    "lightgbm": ["evals: 5 tl=0.51 vl=0.594"],
    "lightning": ["version_0: 3 tl=0.453 vl=0.419 ta=0.828 va=0.859"] * 2,
    "mmengine": ["vis_data: 3 tl=0.488 va=0.953"],
    "skorch": ["skorch: 4 tl=0.725 vl=0.711 va=0.538"],
    "transformers": [
        "Nov30_14-32-37_host: 6 tl=0.736 vl=0.772 va=0.531",
        "transformers: 6 tl=0.736 vl=0.772 va=0.531",
    ],
    "xgboost": ["evals_sklearn: 5", "xgboost: 5 tl=0.224 vl=0.363"],  # validation_0 and _1: nobody knows which is which
}
NO_COURSE = "holds no course over epochs, single values at most; choose the log of a training."
REFUSED = {"dvclive/metrics.json": NO_COURSE, "transformers/all_results.json": NO_COURSE}


def read(tool: str) -> tuple[list, dict[str, str]]:
    found = read_files((path, content) for path, content in FILES.items() if path.startswith(f"{tool}/"))
    return [run for log in found.logs for run in log.runs], dict(found.refused)


@pytest.mark.parametrize("tool", GIVEN)
def test_what_a_tool_was_given_comes_back(tool: str) -> None:
    runs, refused = read(tool)
    by_name = {run.name: run for run in runs if run.columns.keys() & OWN.keys() or run.unit == "epoch"}
    for expected in GIVEN[tool]:
        name, _, curves = expected.partition(": ")
        run = by_name[name]
        assert (run.unit, run.epochs.tolist()) == ("epoch", [1, 2, 3, 4])
        for own in map(OWN.get, curves.split()):
            assert run.columns[own].tolist() == pytest.approx(LOGGED[own], abs=1e-6)
    assert len(by_name) == len(GIVEN[tool])
    assert refused.items() <= REFUSED.items()


@pytest.mark.parametrize("tool", FOUND)
def test_what_a_tool_measured_is_read(tool: str) -> None:
    runs, refused = read(tool)
    told = []
    for run in runs:
        last = [f" {short}={run.series(own)[1][-1]:.3g}" for short, own in OWN.items() if own in run.columns]
        told.append(f"{run.name}: {len(run.epochs)}{''.join(last)}")
    assert sorted(told) == sorted(FOUND[tool])
    assert refused.items() <= REFUSED.items()


def test_nothing_of_a_machine_is_in_these_files() -> None:
    assert len(FILES) >= 40
    assert not [path for path, content in FILES.items() if b"/tmp" in content or b"/home" in content]


def test_a_changed_log_is_read_or_refused_and_nothing_else() -> None:
    chance, said = random.Random(27), []
    for _ in range(COUNT):
        path = chance.choice(sorted(FILES))
        try:
            read_any_log(broken(FILES[path], chance), path)
        except DataError as error:
            said.append(str(error))
    assert COUNT // 10 < len(said) < COUNT
    assert max(map(len, said)) < 1000
