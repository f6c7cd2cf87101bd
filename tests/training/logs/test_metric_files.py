"""Trackers with a file for each metric: their files are one run, also while they grow."""

from casting_core.training.logs.reading import read_files

MLFLOW = {
    "mlruns/0/abc/metrics/train_loss": b"1716900000000 0.9 0\n1716900060000 0.8 1\n1716900120000 0.7 2\n171690018",
    "mlruns/0/abc/metrics/val/loss": b"1716900000000 1.0 0\n1716900060000 nan 1\n1716900120000 0.8 2\n",
    "mlruns/0/abc/tags/mlflow.runName": b"brisk-fox",
    "mlruns/0/def/metrics/val_loss": b"1716900000000 1.0 0\n1716900060000 0.9 1\n",
}


def test_a_run_of_mlflow_is_its_metrics_by_its_name() -> None:
    found = read_files(MLFLOW.items())
    assert not found.refused
    (one,), (other,) = (log.runs for log in found.logs)
    assert (one.name, other.name, one.epochs.tolist()) == ("brisk-fox", "def", [1, 2, 3])
    assert one.columns["train_loss"].tolist() == [0.9, 0.8, 0.7]
    assert one.present["validation_loss"].all()  # one of them is nan
    assert one.series("seconds")[1].tolist() == [60, 60]
    ((alone,),) = (log.runs for log in read_files([("val_loss", MLFLOW["mlruns/0/def/metrics/val_loss"])]).logs)
    assert (alone.name, alone.columns["validation_loss"].tolist()) == ("val_loss", [1, 0.9])


def test_a_run_without_values_is_refused() -> None:
    ((name, why),) = read_files([("r/tags/mlflow.runName", b"x")]).refused
    assert (name, why) == ("r", "holds no course over epochs, single values at most; choose the log of a training.")
