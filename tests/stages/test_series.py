"""The stage of series: it learns, and refuses what is no series."""

import pytest
import torch

from harmonium.data import Classes, DataSet, Examples, Numbers, Series
from harmonium.random import generator
from tests.stages import small

MODEL = {"type": "conditional_rbm", "channels": 1, "hidden": 10, "lags": 1, "std": 0.3}
SECTIONS = {"pretrain": None, "fine_tune": None}


def folded(n=30, frames=40):
    """A tent map, which no linear autoregression predicts."""
    x = torch.rand(n, frames, 1, generator=generator(0)) * 2 - 1
    for t in range(1, frames):
        x[:, t] = 1 - 1.99 * x[:, t - 1].abs()
    rows = Examples({"x": x.flatten(1), "length": torch.full((n,), float(frames))})
    columns = {"x": Series(1, frames), "length": Numbers(())}
    return DataSet("folded", rows, validation=rows, test=rows, columns=columns)


@pytest.mark.parametrize("kind", ["conditional_rbm", "recurrent_temporal_rbm"])
def test_the_error_falls_below_that_of_the_autoregression(kind):
    stage = {"type": "series", "epochs": 250, "batch_size": 30, "schedules": []}
    stage["optimiser"] = {"type": "adam", "lr": 0.02}
    trial = small.one(model={**MODEL, "type": kind}, data=folded(), train=stage, **SECTIONS)
    (part,) = trial.stages["train"].parts(trial, "train")
    training = part.build()
    before = training.watches[0].measure(0)["val/step_error"]
    while not training.done:
        training.update()
    row = training.observe()
    assert row["val/step_error"] < 0.7 * before
    assert abs(row["train/contrast"]) < 10


def test_another_model_is_refused():
    trial = small.one(
        model={"type": "rbm", "visible": 6, "hidden": 3},
        train={"type": "series", "epochs": 1},
        **SECTIONS,
    )
    with pytest.raises(ValueError, match="take a conditional_rbm or a recurrent_temporal_rbm"):
        trial.stages["train"].parts(trial, "train")[0].build()


def test_rows_that_are_no_series_are_refused():
    with pytest.raises(ValueError, match=r"\(B, T, 1\) is needed"):
        small.one(model=MODEL, train={"type": "series", "epochs": 1}, **SECTIONS)


def test_labels_beside_series_are_kept():
    data = folded()
    train = data.train.with_columns(y=torch.zeros(30, dtype=torch.int64))
    made = DataSet("x", train, columns={**data.columns, "y": Classes(("a",))})
    assert made.classes == ("a",)


def test_grey_series_are_drawn_anew_for_every_batch():
    rows = Examples({"x": torch.full((30, 40), 0.5), "length": torch.full((30,), 40.0)})
    columns = {"x": Series(1, 40), "length": Numbers(())}
    data = DataSet("grey", rows, test=rows, columns=columns)
    model = {**MODEL, "values": "binary"}
    stage = {"type": "series", "epochs": 1}
    draw = "data.batch_transform=sampled"
    trial = small.one(draw, model=model, data=data, train=stage, **SECTIONS)
    (part,) = trial.stages["train"].parts(trial, "train")
    assert next(iter(part.build().batches))["x"].unique().tolist() == [0, 1]
