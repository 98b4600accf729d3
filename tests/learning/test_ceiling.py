"""The ceiling of learned precisions: one lit pixel must not decide the test likelihood."""

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import FactorAnalysis

from harmonium import RBM, DReLU, Gaussian, Rectified, multimodal_dbm, rbm
from harmonium.data import Standardiser, digits
from harmonium.learning import PCD, Ceiling, Learner, ceilings, least_variance, start_from
from harmonium.random import generator, seeded


def lit(rows=300, columns=6, *, level=1 / 16, seed=0):
    """Grey rows in steps of 1/16; the last column is lit in the first row only."""
    r = np.random.default_rng(seed)
    x = torch.from_numpy(r.integers(0, 17, size=(rows, columns)) / 16)
    x[:, -1] = 0
    x[0, -1] = level
    return x


def test_steps_of_the_data_limit_precisions():
    least = least_variance(lit())
    torch.testing.assert_close(least[-1], torch.tensor(1 / 16**2 / 12).double())
    scaled = least_variance(lit() * torch.tensor([1, 1, 1, 1, 1, 1000.0]).double())
    torch.testing.assert_close(scaled[-1], 1e6 * least[-1])


def test_columns_of_continuous_values_are_limited_by_their_own_variance():
    x = torch.randn(1000, 3, generator=torch.Generator().manual_seed(0)).double()
    torch.testing.assert_close(least_variance(x), 1e-3 * x.var(0, correction=0))


def test_constant_columns_have_the_finest_step_of_the_others():
    x = torch.cat([lit(), torch.full((300, 1), 3.0)], 1).double()
    torch.testing.assert_close(least_variance(x)[-1], torch.tensor(1 / 16**2 / 12).double())
    moving = torch.randn(100, 3, generator=torch.Generator().manual_seed(0)).double()
    still = torch.cat([moving, torch.ones(100, 1)], 1)  # continuous values have no step to borrow
    torch.testing.assert_close(least_variance(still)[-1], least_variance(moving).median())
    assert bool((least_variance(torch.ones(10, 2)) > 0).all())
    assert bool((least_variance(torch.ones(1, 2)) > 0).all())


def test_rounding_is_no_step():
    x = lit().float() + 1e-8 * torch.rand(300, 6, generator=torch.Generator().manual_seed(0))
    assert float(least_variance(x)[0]) == pytest.approx(1 / 16**2 / 12, rel=1e-3)


def test_precisions_stay_below_after_every_update():
    x = lit().float()
    graph = rbm(Gaussian(6), 4)
    (limit,) = ceilings(graph, x)
    start_from(graph, {"v": x})
    limit.project(graph)
    torch.testing.assert_close(
        (graph.units["v"].bias / graph.units["v"].log_precision.exp()).detach(), x.mean(0)
    )
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.5)  # far too high
    learner = Learner(graph, optimiser, PCD(), penalties=[limit], source=generator(0))
    for rows in x.split(50):
        learner.step({"v": rows})
        assert bool((graph.units["v"].log_precision <= limit.most["v"].float() + 1e-6).all())


def test_other_families_have_no_ceiling():
    assert ceilings(rbm(3, 2), torch.zeros(5, 3)) == []


@pytest.mark.parametrize("family", [Gaussian, Rectified, DReLU])
def test_every_family_with_a_learned_precision_has_one(family):
    """A precision far above is lowered; the most probable value near the data's mean stays."""
    x = lit().double()
    graph = rbm(family(6), 3).double()
    (limit,) = ceilings(graph, x)
    v = graph.units["v"]
    with torch.no_grad():
        for name in v.log_precisions:
            v.get_parameter(name).fill_(14.0)
        v.bias.copy_(x.mean(0) * math.exp(14))
    before = v.mode(torch.zeros(1, 6).double())
    limit.project(graph)
    sides = [v.get_parameter(name) for name in v.log_precisions]
    for p in sides:
        torch.testing.assert_close(p.detach(), limit.most["v"])
    torch.testing.assert_close(v.mode(torch.zeros(1, 6).double()), before)


def test_units_that_share_their_parameters_are_one_column():
    x = torch.randn(200, 2, 5, 5, generator=torch.Generator().manual_seed(0))
    x[:, 1] *= 10
    graph = rbm(Gaussian(2, 5, 5, tied=(1, 2)), 3)
    (limit,) = ceilings(graph, x)
    assert limit.most["v"].shape == (2, 1, 1)
    expected = -(1e-3 * x.double().var((0, 2, 3), correction=0)).log()
    torch.testing.assert_close(limit.most["v"].flatten(), expected)


def test_a_variance_may_be_given():
    x = torch.randn(200, 3)
    given = torch.tensor([1e-4, 1e-5, 1.0])
    torch.testing.assert_close(least_variance(x, variance=given)[:2], 1e-3 * given[:2].double())


@pytest.mark.filterwarnings("ignore:.* far from mean 0 and standard deviation 1")
def test_a_pixel_lit_in_one_training_row_does_not_decide(monkeypatch):
    train, test = lit().numpy(), lit(100, level=1.0, seed=1).numpy()
    found = RBM(8, visible="gaussian", n_epochs=20, random_state=0).fit(train)
    assert found.score_samples(test)[0] > -2000  # 16 steps away: 16^2 x 12 / 2 = 1536 nats
    monkeypatch.setattr("harmonium.estimators.machine.ceilings", lambda graph, x: [])
    graph = RBM(8, visible="gaussian", n_epochs=20, random_state=0).fit(train)
    assert graph.score_samples(test)[0] < -2500  # without the ceiling it does


@pytest.mark.filterwarnings("ignore:4 of 64 features never change")
def test_all_pixels_of_digits_come_near_factor_analysis_from_any_seed():
    pictures = digits()
    to = Standardiser.fit(pictures.train)
    train, test = to(pictures.train).numpy(), to(pictures.test).numpy()
    factors = FactorAnalysis(12).fit(train.astype(float))
    least = least_variance(torch.from_numpy(train)).numpy()
    factors.noise_variance_ = np.maximum(factors.noise_variance_, least)
    scores = [RBM(12, random_state=s).fit(train).score(test) for s in range(2)]
    assert min(scores) > factors.score(test) - 1.5
    assert max(scores) - min(scores) < 1


def test_a_ceiling_pulls_nothing():
    assert Ceiling({}, {}).pull("v", torch.zeros(2), weights=torch.ones(2)) is None


def test_of_several_visible_groups_each_has_its_own():
    with seeded(0):
        graph = multimodal_dbm({"picture": [Gaussian(2), 3], "words": [4]}, 2)
    x = torch.randn(50, 2)
    (limit,) = ceilings(graph, x, group="picture")
    assert {*limit.most} == {*limit.middle} == {"picture"}
    assert ceilings(graph, torch.zeros(50, 4), group="words") == []
