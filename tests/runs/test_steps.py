"""What is observed is what it says it is."""

import pytest
import torch

from harmonium.runs.steps import EnergyStep
from tests.runs import small


@pytest.fixture
def step():
    stage = small.energy(small.Work())
    for _ in range(5):
        stage.update()
    return stage.step


@torch.no_grad()
def test_reconstruction_and_free_energy_gap(step):
    graph, seen = step.module, step.measure(1)
    weight, (b, c) = graph.connections["v-h"].weight, (graph.units[n].bias for n in "vh")
    h = torch.sigmoid(step.train @ weight.T + c)
    again = torch.sigmoid(h @ weight + b)
    assert seen["rbm/reconstruction"] == pytest.approx(
        float((again - step.train).square().mean()), rel=1e-5
    )
    free = [
        float((-x @ b - torch.nn.functional.softplus(x @ weight.T + c).sum(1)).mean())
        for x in (step.validation, step.train)
    ]
    assert seen["rbm/free_energy_gap"] == pytest.approx(free[0] - free[1], abs=1e-5)
    assert seen["weights/norm"] == pytest.approx(float(weight.norm()), rel=1e-5)


def test_flips_of_chains_that_cannot_move(step):
    assert 0 < step.measure(1)["chains/flip_rate"] < 1
    with torch.no_grad():
        step.module.units["v"].bias.fill_(1e4)
    step.learner.chains["v"].fill_(1.0)
    assert step.measure(1)["chains/flip_rate"] == 0


def test_the_same_epoch_gives_the_same_numbers(step):
    assert step.measure(1) == step.measure(1)
    assert step.measure(1)["chains/flip_rate"] != step.measure(2)["chains/flip_rate"]


def test_snapshots_are_small_and_shaped(step):
    shapes = {name: tuple(x.shape) for name, x in step.snapshot().items()}
    assert shapes == {"chains": (7, 6), "filters": (4, 6), "hidden": (23, 4)}
    plain = EnergyStep(small.Learner(step.module, step.optimiser), step.train)
    assert tuple(plain.snapshot()["reconstructions"].shape) == (23, 6)
    assert "rbm/free_energy_gap" not in plain.measure(1)
    assert "chains/flip_rate" not in plain.measure(1)


def test_accuracy_and_loss_of_a_net():
    work = small.Work()
    step = small.classify(work).step
    x, y = step.validation
    seen = step.measure(1)
    logits = work.net(x)
    right = float((logits.argmax(1) == y).double().mean())
    assert (seen["val/accuracy"], seen["val/error"]) == (right, 1 - right)
    assert seen["val/loss"] == pytest.approx(torch.log(torch.tensor(2.0)).item(), rel=1e-6)
    assert tuple(step.snapshot()["filters"].shape) == (4, 6)
    step.validation = None
    assert step.measure(1) == {}
