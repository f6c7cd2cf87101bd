"""Runs, folds, phases and restarts in one file are told apart, and what is known better is set right."""

import pytest

from casting_core.errors import DataError
from casting_core.training.logs import splitting
from casting_core.training.logs.csv_log import read
from casting_core.training.logs.splitting import Correction, Log

KEYED = "run_id,key,value,step,timestamp\n" + "".join(
    f"{run},{key},{value + step},{step},170000000{step}000\n"
    for run in ("a", "b")
    for key, value in (("train_loss", 1), ("val_loss", 2))
    for step in (0, 1, 2, 1, 2)
)
PHASES = "epoch,phase,loss,acc,lr\n1,train,0.8,0.7,1\n1,val,0.9,0.6,1\n2,train,0.7,0.75,1\n2,val,0.8,0.65,1\n"
W_AND_B = '"Step","a - b - val_loss","a - b - val_loss__MIN","blue test - val_loss"\n1,0.5,0.5,0.6\n2,0.4,0.4,0.5\n'
FILES = {  # text → of each run its name, and train_loss, validation_loss
    "fold,epoch,val_loss\n0,1,9\n1,1,8\n1,2,7\n0,2,6\n": {"fold 0": ([], [9, 6]), "fold 1": ([], [8, 7])},
    "run,seed,epoch,train_loss\na,0,1,1\na,1,1,2\nb,0,1,3\n": {
        "a, seed 0": ([1], []),
        "a, seed 1": ([2], []),
        "b, seed 0": ([3], []),
    },
    "run,epoch,train_loss\na,1,1\na,2,2\n": {"": ([1, 2], [])},  # one only
    PHASES: {"": ([0.8, 0.7], [0.9, 0.8])},
    KEYED: {
        f"{run}, part {part}": (own, [value + 1 for value in own])
        for run in ("a", "b")
        for part, own in ((1, [1, 2, 3]), (2, [2, 3]))
    },
    W_AND_B: {"a - b": ([], [0.5, 0.4]), "blue test": ([], [0.6, 0.5])},
    "epoch,train - loss,val - loss\n1,0.5,0.6\n": {"": ([0.5], [0.6])},
    "epoch,fold1_val_loss,fold2_val_loss\n1,0.5,0.6\n": {"fold1": ([], [0.5]), "fold2": ([], [0.6])},
    "epoch,loss,val_loss\n0,9,1\n1,8,0.9\n0,3,4\n1,2,3\n": {"part 1": ([9, 8], [1, 0.9]), "part 2": ([3, 2], [4, 3])},
}


def log(text: str, **correction: object) -> Log:
    return Log(table=read({"x.csv": text.encode()}), correction=Correction(**{"name": "x", **correction}))


@pytest.mark.parametrize("text", FILES)
def test_runs_are_told_apart(text: str) -> None:
    two = ("train_loss", "validation_loss")
    found = {run.name[3:]: tuple(run.series(name)[1].tolist() for name in two) for run in log(text).runs}  # x, …
    assert found == FILES[text]
    assert list(found) == list(FILES[text])


def test_what_tells_a_run_is_kept_and_a_restart_is_not_called_one_as_a_fact() -> None:
    assert [run.origin for run in log(KEYED).runs][1:3] == [{"run": "a", "part": "2"}, {"run": "b", "part": "1"}]
    assert all("falls back: a restart, or a new fold" in str(run.notes) for run in log(KEYED).runs)
    (run,) = log(PHASES).runs
    assert (run.columns["learning_rate"].tolist(), run.guesses, run.notes) == ([1, 1], (), ())


def test_phases_that_name_no_images_are_no_curve_until_somebody_says_what_they_are() -> None:
    text = "epoch,set,loss\n1,0,0.8\n1,1,0.9\n2,0,0.7\n2,1,0.8\n"
    assert log(text).images == ["0", "1"]
    assert not log(text).runs[0].columns
    (run,) = log(text, training=frozenset("0"), held_out=frozenset("1")).runs
    assert (run.columns["train_loss"].tolist(), run.columns["validation_loss"].tolist()) == ([0.8, 0.7], [0.9, 0.8])


def test_what_was_guessed_can_be_set_right() -> None:
    text = "epoch,loss,val_loss,acc,f1\n1,0.5,0.6,0.7,0.8\n"
    (guessed,) = log(text).runs
    own = {"train_loss": "loss", "validation_loss": "val_loss", "train_accuracy": "acc"}
    assert guessed.read_as == {"epoch": "epoch", **own}
    assert len(guessed.guesses) == 2
    columns = {"train_loss": "", "validation_loss": "loss", "train_accuracy": "", "validation_accuracy": "acc"}
    (run,) = log(text, name="mine", columns=columns).runs
    assert (run.name, run.guesses) == ("mine", ())
    assert run.read_as == {"epoch": "epoch", "validation_loss": "loss", "validation_accuracy": "acc"}
    assert log(text).columns == ["acc", "f1", "loss", "val_loss"]
    assert log(text).names == ["acc", "epoch", "f1", "loss", "val_loss"]
    (by_round,) = log("step,round,val_loss\n10,1,0.5\n20,2,0.4\n", columns={"epoch": "round"}).runs
    assert (by_round.unit, by_round.epochs.tolist()) == ("epoch", [1, 2])


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "MAX_RUNS", 3)
    monkeypatch.setattr(splitting, "MAX_NAMES", 3)
    for text, what in {
        "fold,epoch,loss\n" + "".join(f"{n},1,1\n" for n in range(4)): "runs, or its count of epochs falls back",
        "epoch,loss\n" + "1,1\n2,1\n" * 4: "runs, or its count of epochs falls back too often",
        "epoch," + ",".join(f"r{n} - loss" for n in range(4)) + "\n1" + ",1" * 4 + "\n": "runs",
        "key,value,step\n" + "".join(f"k{n},1,1\n" for n in range(4)): "kinds of figures",
    }.items():
        with pytest.raises(DataError, match=f"holds more than 3 {what}"):
            log(text)
    assert len(log("fold,epoch,loss\n0,1,1\n1,1,1\n2,1,1\n").runs) == 3
