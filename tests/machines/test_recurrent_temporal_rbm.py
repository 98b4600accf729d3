"""The recurrent temporal RBM remembers what happened longer ago than its lags."""

import pytest
import torch

from harmonium.learning import Descent
from harmonium.learning.objectives import SeriesContrast
from harmonium.machines import ConditionalRBM, RecurrentTemporalRBM
from harmonium.random import generator, seeded


def bits_that_return(n, frames, *, seed):
    """Bits of which each equals the one before the last: "1 0 1 0" or "1 1 1 1", with 2% noise."""
    source = generator(seed)
    first = (torch.rand(n, 2, 1, generator=source) > 0.5).float()
    x = first.repeat(1, frames // 2, 1)
    return (x - (torch.rand(x.shape, generator=source) < 0.02).float()).abs()


def error_of(machine, *, epochs=250):
    x, new = bits_that_return(100, 20, seed=0), bits_that_return(100, 20, seed=1)
    machine.source = generator(2)
    machine.start(x, torch.ones(100, 20, dtype=torch.bool))
    optimiser = torch.optim.Adam(machine.parameters(), lr=0.02)
    learner = Descent(machine, optimiser, SeriesContrast(1), clip=10.0)
    for _ in range(epochs):
        learner.step({"x": x})
    predicted = machine.forecast(new, source=generator(3))[:, -10:]
    return float((predicted - new[:, -10:]).square().mean())


def test_it_remembers_longer_than_its_lags():
    with seeded(0):
        recurrent = RecurrentTemporalRBM(1, 10, values="binary", std=0.3)
        conditional = ConditionalRBM(1, 10, lags=1, values="binary", std=0.3)
    assert error_of(recurrent) < 0.13
    assert error_of(conditional) > 0.2  # one frame of the past says little about the next


def test_the_memory_is_the_hidden_means_after_the_last_frame():
    machine = RecurrentTemporalRBM(2, 4, lags=1, std=0.5).double()
    x = torch.randn(3, 6, 2, generator=generator(1), dtype=torch.float64)
    fields, memory = machine.contexts(x)
    last = {name: f[:, -1] for name, f in fields.items()}
    torch.testing.assert_close(memory, machine.remembered(x[:, -1], last))
    longer = torch.cat([x, x[:, :1]], 1)
    expected = machine.contexts(longer)[0]["h"][:, -1]
    torch.testing.assert_close(machine.fields(x[:, -1:], memory)["h"], expected)


def test_lags_may_be_none_but_not_negative():
    assert RecurrentTemporalRBM(2, 3).lags == 0
    with pytest.raises(ValueError, match="lags"):
        RecurrentTemporalRBM(2, 3, lags=-1)
