"""A machine of series as a model."""

import pytest
import torch

from harmonium.machines import ConditionalRBM
from harmonium.models import Forecasts, TemporalModel, adapted
from harmonium.random import generator, seeded


@pytest.fixture
def model():
    with seeded(0):
        return TemporalModel(ConditionalRBM(2, 3, lags=2))


def rows():
    return {"x": torch.randn(4, 9, 2, generator=generator(1), dtype=torch.float32)}


def test_it_is_the_model_of_its_machine(model):
    assert type(adapted(model.machine)) is TemporalModel
    assert isinstance(model, Forecasts)
    assert model.width is None
    assert model.sizes == (2, 3)
    assert sum(row["parameters"] for row in model.outline()) == sum(
        p.numel() for p in model.parameters()
    )


def test_it_forecasts_and_continues_series(model):
    batch = rows()
    model.begin_series(batch)
    found = model.forecast(batch, source=generator(2))
    assert torch.equal(found, model.machine.forecast(batch["x"], source=generator(2)))
    assert model.continued(batch, 3, source=generator(2)).shape == (4, 3, 2)
    known = model.known({**batch, "length": torch.tensor([9.0, 3.0, 2.0, 1.0])})
    assert known.sum(1).tolist() == [7, 1, 0, 0]


def test_a_padded_series_is_continued_after_its_last_frame(model):
    batch = rows()
    model.begin_series(batch)
    padded = {"x": batch["x"].clone(), "length": torch.tensor([9.0, 6.0, 6.0, 9.0])}
    padded["x"][1:3, 6:] = 0.0
    found = model.continued(padded, 3, source=generator(2))
    source = generator(2)
    short = model.machine.continued(batch["x"][1:3, :6], 3, source=source)
    whole = model.machine.continued(batch["x"][[0, 3]], 3, source=source)
    torch.testing.assert_close(found[1:3], short)
    torch.testing.assert_close(found[[0, 3]], whole)


def test_series_that_do_not_fit_are_refused(model):
    model.check(rows())
    with pytest.raises(ValueError, match="give longer series"):
        model.check({"x": torch.zeros(4, 2, 2)})
    with pytest.raises(ValueError, match="not all finite"):
        model.check({"x": torch.full((4, 9, 2), torch.nan)})
