"""Errors of one-step predictions of validation series."""

import pytest
import torch

from harmonium.data import Examples, Series
from harmonium.machines import ConditionalRBM
from harmonium.models import TemporalModel
from harmonium.random import generator, seeded
from harmonium.watch import StepErrorWatch
from harmonium.watch.step_error import step_errors


def made():
    with seeded(0):
        model = TemporalModel(ConditionalRBM(2, 3, lags=1))
    x = torch.randn(5, 8, 2, generator=generator(1), dtype=torch.float32)
    length = torch.tensor([8.0, 8.0, 4.0, 8.0, 2.0])
    x = x * (torch.arange(8) < length[:, None])[..., None]
    kinds = {"x": Series(2, 8)}
    return model, x, Examples({"x": x.flatten(1), "length": length}, kinds=kinds)


def test_errors_are_those_of_known_frames():
    model, x, rows = made()
    errors, counts = step_errors(model, rows, seed=3)
    # the same frames are drawn for
    predicted = model.forecast({"x": x, "length": rows.columns["length"][:]}, source=generator(3))
    assert counts.tolist() == [14, 14, 6, 14, 2]
    expected = (predicted[2, :3] - x[2, 1:4]).square().sum()
    assert float(errors[2]) == pytest.approx(float(expected), rel=1e-6)


def test_two_measurements_before_training_agree():
    model, _, rows = made()
    watch = StepErrorWatch(model, rows)
    assert watch.measure(0) == watch.measure(1)
    errors, counts = step_errors(model, rows, seed=97531)
    assert watch.measure(0)["val/step_error"] == pytest.approx(float(errors.sum() / counts.sum()))
