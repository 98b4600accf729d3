import pytest
import torch
from torch.testing import assert_close

import harmonium as hm
from harmonium.learning import CD, Learner, start_from
from harmonium.random import generator
from harmonium.units import Gaussian


@pytest.fixture
def units():
    made = Gaussian(3)
    made.load(bias=torch.tensor([0.5, 0.0, -2.0]), log_precision=torch.tensor([0.0, 2.0, -1.0]))
    return made


def test_log_prob_is_torchs(units):
    field = torch.randn(5, 3, generator=generator(1))
    location = (units.bias + field) * (-units.log_precision).exp()
    theirs = torch.distributions.Normal(location, (-units.log_precision / 2).exp())
    x = torch.randn(5, 3, generator=generator(1))
    assert_close(units.log_prob(x, field), theirs.log_prob(x).sum(1))
    assert_close(units.mode(field), theirs.mean)


def test_a_constant_pixel_gets_no_infinite_precision():
    mean = torch.tensor([2.0, 2.0])
    variance = torch.tensor([0.0, 4.0])
    started = Gaussian(2).start([mean, -(variance + mean.square()) / 2])
    assert_close(started["log_precision"].exp(), torch.tensor([1e4, 0.25]))
    assert_close(started["bias"], torch.tensor([2e4, 0.5]))


def test_its_precision_is_a_part_of_the_joint_one(units):
    assert units.growth == "quadratic"
    assert_close(units.precision(), units.log_precision.exp())
    assert_close(units.at(torch.tensor([2])).precision(), units.log_precision.exp()[2:])


def test_a_continuum_has_no_states(units):
    assert units.count() is None
    assert units.states() is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_must_be_finite(units, value):
    with pytest.raises(ValueError, match="not all finite; Gaussian units need real numbers"):
        units.check(torch.tensor([[0.0, value, 1.0]]))


def test_a_fixed_precision_neither_starts_nor_learns_nor_meets_a_ceiling(tmp_path):
    graph = hm.rbm(Gaussian(3, precision=4.0), 2)
    x = 0.1 * torch.randn(50, 3, generator=generator(2)) + torch.tensor([0.0, 1.0, -2.0])
    start_from(graph, {"v": x})
    v = graph.units["v"]
    assert_close(v.mean(torch.zeros(1, 3))[0], x.mean(0))
    v.limit(torch.zeros(3), middle=x.mean(0))
    learner = Learner(
        graph,
        torch.optim.Adam(graph.parameters(), lr=0.1),
        contrast=CD(1),
        source=generator(3),
    )
    before = v.bias.detach().clone()
    for _ in range(3):
        learner.step({"v": x})
    assert bool((v.bias != before).all())
    assert_close(v.precision(), torch.full((3,), 4.0))
    found = hm.load(hm.save(graph, tmp_path / "m.safetensors")).units["v"]
    assert_close(found.precision(), torch.full((3,), 4.0))
    assert not found.log_precision.requires_grad
    assert repr(found) == "Gaussian(3, precision=4.0)"
    assert repr(Gaussian(3)) == "Gaussian(3)"
