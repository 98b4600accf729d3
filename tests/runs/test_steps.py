"""What is observed is what it says it is."""

import pytest
import torch

from harmonium.learning import CD, Learner, copies, doubled
from harmonium.machines import dbm
from harmonium.random import generator
from harmonium.runs.steps import EnergyStep
from harmonium.sampling import mean_field
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


# --- deep machines -------------------------------------------------------------------------------


def deep(graph):
    """A step of a machine with connected hidden groups, or of one of its doubled layers."""
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
    rows = (torch.rand(9, 6, generator=generator(0)) > 0.5).float()
    step = EnergyStep(Learner(graph, optimiser, contrast=CD()), rows, rows[:4])
    step(rows)
    return step


def test_a_deep_machine_is_seen_through_its_mean_field():
    graph = dbm(6, 5, 4, std=0.5)
    step = deep(graph)
    data = mean_field(graph, {"v": step.train})
    h1 = data.moments(graph, "h1")[0]
    with torch.no_grad():
        again = graph.units["v"].mean(graph.field("v", {"h1": h1}))
    seen, shown = step.measure(1), step.snapshot()
    assert seen["rbm/reconstruction"] == pytest.approx(float((again - step.train).square().mean()))
    assert "rbm/free_energy_gap" not in seen  # it has no closed form
    torch.testing.assert_close(shown["reconstructions"], again)
    torch.testing.assert_close(shown["hidden"], h1.detach())
    assert torch.equal(shown["filters"], graph.edges[0].connection.weight)


def test_a_doubled_layer_sees_its_rows_twice():
    graph = dbm(6, 5, 4, std=0.5)
    for layer in (doubled(graph)[0], doubled(dbm(7, 6, 5))[1]):
        step = deep(layer)
        seen = step.measure(1)
        both = [copies(layer, x) for x in (step.validation, step.train)]
        hidden = tuple(name for name in layer.units if name not in both[0])
        free = [float(layer.free_energy(x, hidden).detach().mean()) for x in both]
        assert seen["rbm/free_energy_gap"] == pytest.approx(free[0] - free[1], abs=1e-5)
        assert tuple(step.snapshot()["filters"].shape) == (5, 6)
