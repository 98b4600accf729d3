"""The conditional RBM learns what a linear autoregression cannot."""

import torch

from harmonium.learning import Descent
from harmonium.learning.objectives import SeriesContrast
from harmonium.machines import ConditionalRBM
from harmonium.random import generator, seeded


def folded(n, frames, *, seed):
    """A tent map with noise: the next value is nearly 1 - 2 |v|, which no line predicts."""
    source = generator(seed)
    x = torch.rand(n, frames, 1, generator=source, dtype=torch.float32) * 2 - 1
    noise = 0.05 * torch.randn(n, frames, 1, generator=source, dtype=torch.float32)
    for t in range(1, frames):
        x[:, t] = (1 - 2 * x[:, t - 1].abs() + noise[:, t]).clamp(-1, 1)
    return x


def test_it_learns_a_law_that_is_not_linear():
    x, new = folded(20, 100, seed=0), folded(20, 100, seed=1)
    with seeded(0):
        machine = ConditionalRBM(1, 20, lags=1, std=0.3)
    machine.source = generator(2)
    machine.start(x, torch.ones(20, 100, dtype=torch.bool))
    learner = Descent(machine, torch.optim.Adam(machine.parameters(), lr=0.02), SeriesContrast(1))
    for _ in range(300):
        learner.step({"x": x})
    error = (machine.forecast(new, source=generator(3)) - new[:, 1:]).square().mean()
    assert error < 0.5 * new.var()  # a line leaves all of it


def test_the_memory_is_empty():
    machine = ConditionalRBM(1, 4, lags=2)
    _, memory = machine.contexts(torch.zeros(3, 5, 1))
    assert memory.shape == (3, 0)
