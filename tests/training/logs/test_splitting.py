"""Runs, folds, phases and restarts in one file are told apart, and what is known better is set right."""

import pytest

from casting_core.errors import DataError
from casting_core.training.logs import splitting
from casting_core.training.logs.csv_log import read_csv
from casting_core.training.logs.run import Run
from casting_core.training.logs.splitting import Correction, Log


def log(text: str, **correction: object) -> Log:
    return Log(table=read_csv({"x.csv": text.encode()})[0], correction=Correction(**correction))


def runs(text: str, **correction: object) -> dict[str, Run]:
    return {run.name: run for run in log(text, **correction).runs}


def test_folds_seeds_and_runs_are_runs_of_their_own_in_any_order_of_rows() -> None:
    text = "fold,epoch,val_loss\n0,1,0.9\n1,1,0.8\n1,2,0.7\n0,2,0.6\n"
    found = runs(text)
    assert {name: run.columns["validation_loss"].tolist() for name, run in found.items()} == {
        "x, fold 0": [0.9, 0.6],
        "x, fold 1": [0.8, 0.7],
    }
    assert found["x, fold 1"].origin == {"fold": "1"}
    assert list(runs("run,seed,epoch,loss\na,0,1,1\na,1,1,2\nb,0,1,3\n")) == [
        "x, a, seed 0",
        "x, a, seed 1",
        "x, b, seed 0",
    ]
    assert list(runs("run,epoch,loss\na,1,1\na,2,2\n")) == ["x"]  # one only


def test_the_images_of_a_row_are_named_by_its_phase() -> None:
    text = "epoch,phase,loss,acc,lr\n1,train,0.8,0.7,0.1\n1,val,0.9,0.6,0.1\n2,train,0.7,0.75,0.1\n2,val,0.8,0.65,0.1\n"
    (run,) = log(text).runs
    assert {name: values.tolist() for name, values in run.columns.items()} == {
        "learning_rate": [0.1, 0.1],
        "train_loss": [0.8, 0.7],
        "validation_loss": [0.9, 0.8],
        "train_accuracy": [0.7, 0.75],
        "validation_accuracy": [0.6, 0.65],
    }
    assert (run.guesses, run.notes) == ((), ())


def test_phases_that_name_no_images_are_no_curve_until_somebody_says_what_they_are() -> None:
    text = "epoch,set,loss\n1,0,0.8\n1,1,0.9\n2,0,0.7\n2,1,0.8\n"
    unknown = log(text)
    assert unknown.images == ["0", "1"]
    assert not unknown.runs[0].columns
    (run,) = log(text, training=frozenset("0"), held_out=frozenset("1")).runs
    assert (run.columns["train_loss"].tolist(), run.columns["validation_loss"].tolist()) == ([0.8, 0.7], [0.9, 0.8])


def test_one_figure_a_row_restarts_and_runs_included() -> None:
    text = "run_id,key,value,step,timestamp\n" + "".join(
        f"{run},{key},{value + step},{step},170000000{step}000\n"
        for run in ("a", "b")
        for key, value in (("train_loss", 1), ("val_loss", 2))
        for step in (0, 1, 2, 1, 2)
    )
    found = runs(text)
    assert list(found) == ["x, a, part 1", "x, a, part 2", "x, b, part 1", "x, b, part 2"]
    for run in found.values():
        steps = [0, 1, 2] if run.origin["part"] == "1" else [1, 2]
        assert run.columns["train_loss"].tolist() == [1.0 + step for step in steps]
        assert run.columns["validation_loss"].tolist() == [2.0 + step for step in steps]


def test_runs_told_by_the_names_of_columns() -> None:
    exported = (
        '"Step","a - b - val_loss","a - b - val_loss__MIN","blue test - val_loss"\n1,0.5,0.5,0.6\n2,0.4,0.4,0.5\n'
    )
    found = runs(exported)
    assert list(found) == ["x, a - b", "x, blue test"]
    assert found["x, a - b"].columns["validation_loss"].tolist() == [0.5, 0.4]
    assert list(runs("epoch,train - loss,val - loss\n1,0.5,0.6\n")) == ["x"]
    assert list(runs("epoch,fold1_val_loss,fold2_val_loss\n1,0.5,0.6\n")) == ["x, fold1", "x, fold2"]


def test_a_restart_is_a_part_of_its_own_and_is_not_called_a_restart_as_a_fact() -> None:
    found = runs("epoch,loss,val_loss\n0,0.9,1\n1,0.8,0.9\n0,0.3,0.4\n1,0.2,0.3\n")
    assert [run.columns["train_loss"].tolist() for run in found.values()] == [[0.9, 0.8], [0.3, 0.2]]
    assert list(found) == ["x, part 1", "x, part 2"]
    assert all("a restart, or a new fold" in run.notes[0] for run in found.values())


def test_what_was_guessed_can_be_set_right() -> None:
    text = "epoch,loss,val_loss,acc,f1\n1,0.5,0.6,0.7,0.8\n"
    (guessed,) = log(text).runs
    assert guessed.read_as == {
        "train_loss": "loss",
        "validation_loss": "val_loss",
        "train_accuracy": "acc",
    }
    assert len(guessed.guesses) == 2
    assert guessed.notes == ("Further figures, not drawn: f1.",)
    columns = {"train_loss": "", "validation_loss": "loss", "train_accuracy": "", "validation_accuracy": "acc"}
    (run,) = log(text, name="mine", columns=columns).runs
    assert (run.name, run.guesses) == ("mine", ())
    assert run.read_as == {"validation_loss": "loss", "validation_accuracy": "acc"}
    assert log(text).columns == ["acc", "f1", "loss", "val_loss"]
    (by_round,) = log("step,round,val_loss\n10,1,0.5\n20,2,0.4\n", columns={"epoch": "round"}).runs
    assert (by_round.unit, by_round.epochs.tolist()) == ("epoch", [1, 2])


def test_too_many_runs_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "MAX_RUNS", 3)
    with pytest.raises(DataError, match="holds 4 runs; keep at most 3"):
        log("fold,epoch,loss\n" + "".join(f"{n},1,1\n" for n in range(4)))
    with pytest.raises(DataError, match="falls back too often"):
        log("epoch,loss\n" + "1,1\n2,1\n" * 4)
    with pytest.raises(DataError, match="more than 3 runs"):
        log("epoch," + ",".join(f"r{n} - loss" for n in range(4)) + "\n1" + ",1" * 4 + "\n")
