"""The start of real visible units: factors that are there, held by the units there are."""

import pytest
import torch

from harmonium import Bernoulli, Gaussian, Rectified, Spin, exact, rbm
from harmonium.learning import factor_start, has_factor_start, least_variance, start_from
from harmonium.learning.factors import factors
from harmonium.random import generator


def rows(n=4000, d=6, *, seed=0):
    """One factor of variance 9 in all columns but the last, noise of variance 1."""
    g = generator(seed)
    x = torch.randn(n, d, generator=g, dtype=torch.float64)
    x[:, :-1] += 3 * torch.randn(n, 1, generator=g, dtype=torch.float64)
    return x


def likelihood(graph, x):
    v, h = graph.units["v"], graph.units["h"]
    if type(h) is Gaussian:  # no states to list: the joint law is Gaussian
        w = graph.edges[0].connection.weight.detach()
        precision = v.log_precision.detach().exp().diag() - w.mT @ w
        mean = torch.linalg.solve(precision, v.bias.detach() + w.mT @ h.bias.detach())
        law = torch.distributions.MultivariateNormal(mean, precision_matrix=precision)
        return float(law.log_prob(x).mean())
    return float(exact.log_prob(graph, {"v": x}).mean())


def best(x):
    """The mean log-likelihood of the full Gaussian."""
    middle = x.mean(0)
    law = torch.distributions.MultivariateNormal(middle, torch.cov(x.T, correction=0))
    return float(law.log_prob(x).mean())


def test_factors_are_found():
    x = rows()
    found = factors(x - x.mean(0), 2, source=generator(1), rounds=60)
    torch.testing.assert_close(found.residual, torch.ones(6).double(), rtol=0.1, atol=0)
    assert float(found.strength[0]) == pytest.approx(45, rel=0.1)
    assert float(found.strength[1]) == 0  # no more than chance would show
    assert found.shown.tolist() == [True, False]
    assert float(found.kept[0]) == pytest.approx(45 / 46, abs=0.005)
    assert float(found.directions[-1, 0].abs()) < 0.05


@pytest.mark.parametrize(
    ("hidden", "lost"), [(Bernoulli(18), 0.15), (Spin(18), 0.15), (Gaussian(3), 0.06)]
)
def test_the_start_is_nearly_the_full_gaussian(hidden, lost):
    x = 5 + 100 * rows()  # whatever the scale
    graph = rbm(Gaussian(6), hidden, std=0.0).double()
    start_from(graph, {"v": x})
    alone = likelihood(graph, x[:300])
    curvature = factor_start(graph, x, source=generator(2))
    assert curvature == pytest.approx(46, rel=0.2)
    assert likelihood(graph, x[:300]) > best(x[:300]) - lost
    assert best(x[:300]) > alone + 3


def test_too_few_units_hold_a_part_of_it():
    x = rows()
    graph = rbm(Gaussian(6), 9, std=0.0).double()
    start_from(graph, {"v": x})
    alone = likelihood(graph, x[:300])
    curvature = factor_start(graph, x, source=generator(2))
    assert 1 < curvature < 100  # that of all factors: learning lowers the residuals again
    assert likelihood(graph, x[:300]) > alone + 0.3


def test_units_far_too_few_leave_the_machine_as_it_was():
    """One unit holds next to nothing of a factor of variance 46: small weights learn more."""
    x = rows()
    graph = rbm(Gaussian(6), 1, std=0.1).double()
    before = {name: p.clone() for name, p in graph.state_dict().items()}
    assert factor_start(graph, x, source=generator(2)) is None
    assert all(torch.equal(p, before[name]) for name, p in graph.state_dict().items())


def test_a_column_that_never_changes_is_left_alone():
    x = rows()
    x[:, 2] = 7.0
    graph = rbm(Gaussian(6), 18).double()
    factor_start(graph, x, source=generator(2))
    assert not graph.edges[0].connection.weight[:, 2].any()
    v = graph.units["v"]
    assert float(v.mean(torch.zeros(1, 6).double()).detach()[0, 2]) == pytest.approx(7)
    assert float(v.log_precision.detach()[2].exp()) == pytest.approx(
        1 / float(least_variance(x)[2])
    )


def test_rows_of_weight_two_are_two_rows():
    x = rows(400)
    weights = torch.ones(400).double()
    weights[:100] = 2
    one, other = (rbm(Gaussian(6), 18).double() for _ in range(2))
    factor_start(one, x, weights=weights, source=generator(2))
    factor_start(other, torch.cat([x, x[:100]]), source=generator(2))
    for a, b in zip(one.units["v"].parameters(), other.units["v"].parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0.05, atol=0.05)


def test_which_machines_have_it():
    assert has_factor_start(rbm(Gaussian(3), 2))
    assert not has_factor_start(rbm(3, 2))
    assert not has_factor_start(rbm(Gaussian(1), 2))
    assert not has_factor_start(rbm(Gaussian(3), Rectified(2)))
    assert not has_factor_start(rbm(Gaussian(3, tied=[0]), 2))


def test_where_columns_outnumber_units_some_units_see_all_factors():
    """Banks alone would leave the weak factors out; few units for many have no such room."""
    g = generator(4)
    loads = torch.randn(4, 90, generator=g).double()
    x = torch.randn(500, 4, generator=g).double() @ loads
    x = x + torch.randn(500, 90, generator=g).double()
    graph = rbm(Gaussian(90), 40, std=0.0).double()
    curvature = factor_start(graph, x, source=g)
    assert curvature > 50
    fields = (graph.field("h", {"v": x}) + graph.units["h"].bias).detach()
    spread = fields.std(0)[-5:]
    assert 1 < float(spread.mean()) < 4
    directions = graph.edges[0].connection.weight.detach()[-20:]
    assert 4 <= int((torch.linalg.svdvals(directions) > 0.05).sum()) <= 8  # of 20
    assert factor_start(rbm(Gaussian(90), 4, std=0.0).double(), x, source=g) is None


def big(graph):
    """How many hidden units stand in banks: their weights are no noise."""
    weight = graph.edges[0].connection.weight.detach()
    return int((weight.norm(dim=1) > 0.5).sum())


@pytest.mark.parametrize(("far", "weight", "units"), [(12, 1e-4, 36), (6, 9.0, 18)])
def test_how_far_out_a_row_lies_does_not_depend_on_its_weight(far, weight, units):
    """Beyond ten deviations of the factor its bank is twice as long, however light the row is."""
    x, weights = rows(), torch.ones(4000).double()
    x[0, :-1], weights[0] = 3.2 * far, weight
    graph = rbm(Gaussian(6), 60).double()
    factor_start(graph, x, weights=weights, source=generator(2))
    assert big(graph) == pytest.approx(units, abs=1)


def test_a_row_far_out_along_no_factor_that_is_taken_changes_nothing():
    """One unit holds no factor, so it starts small as without that row."""
    x = rows()
    x[0, :-1] = 200.0
    assert factor_start(rbm(Gaussian(6), 1).double(), x, source=generator(2)) is None


def test_sorted_rows_do_not_mislead():
    """The factor is in the last rows only, and before them stand rows that do not count."""
    plain = torch.randn(5000, 6, generator=generator(5)).double()
    x = torch.cat([plain, rows()])
    graph = rbm(Gaussian(6), 18).double()
    assert factor_start(graph, x, source=generator(2)) > 10
    weights = (torch.arange(len(x)) >= 5000).double()
    assert factor_start(graph, x, weights=weights, source=generator(2)) == pytest.approx(
        46, rel=0.2
    )


def test_spare_gaussian_units_can_learn():
    """Weights of zero have no gradient; theirs are small and disturb none of the factors."""
    x = 5 + 100 * rows()
    graph = rbm(Gaussian(6), Gaussian(9), std=0.0).double()
    start_from(graph, {"v": x})
    factor_start(graph, x, source=generator(2))
    graph.check_normalisable()
    residual = graph.units["v"].log_precision.detach().neg().exp()
    weight = graph.edges[0].connection.weight.detach() * residual.sqrt()  # in its units
    assert weight[0].norm() > 0.9
    spare = weight[1:]
    assert (spare.norm(dim=1) > 0.01).all()
    assert torch.linalg.matrix_norm(spare, 2) < 0.2
    assert (spare @ weight[0]).abs().max() < 1e-6


def test_many_spare_gaussian_units_leave_the_machine_proper():
    x = rows(400)
    graph = rbm(Gaussian(6), Gaussian(2000), std=0.0).double()
    start_from(graph, {"v": x})
    factor_start(graph, x, source=generator(2))
    graph.check_normalisable()
    assert likelihood(graph, x) > best(x) - 0.1


def test_the_curvature_is_that_of_the_data_where_no_factor_is_held():
    """Eight units hold two factors out to far rows so badly that columns alone are better."""
    g = generator(7)
    z = torch.randn(2000, 2, generator=g).double()
    z[:2] = 15 * torch.eye(2)
    x = z.repeat_interleave(4, 1) + 0.05 * torch.randn(2000, 8, generator=g).double()
    graph = rbm(Gaussian(8), 8).double()
    curvature = factor_start(graph, x, source=g)
    torch.testing.assert_close(
        graph.units["v"].log_precision.detach().exp(), 1 / x.var(0, correction=0)
    )
    greatest = torch.linalg.eigvalsh(torch.corrcoef(x.T))[-1]
    assert curvature == pytest.approx(float(greatest), rel=0.01)


def test_rows_of_almost_no_weight_change_nothing():
    x = rows(2400)
    light = 5 + torch.randn(2400, 6, generator=generator(5)).double()
    weights = torch.cat([torch.ones(2400), torch.full((2400,), 1e-9)]).double()
    one, other = (rbm(Gaussian(6), 18).double() for _ in range(2))
    found = factor_start(one, torch.cat([x, light]), weights=weights, source=generator(2))
    assert found == pytest.approx(factor_start(other, x, source=generator(2)), rel=0.01)
    for a, b in zip(one.units["v"].parameters(), other.units["v"].parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0.01, atol=0.01)
