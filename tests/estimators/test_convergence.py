"""When training ends, against scikit-learn's own rules."""

import warnings

import pytest
import torch
from sklearn import neural_network

from harmonium import MLPClassifier
from harmonium.data import digits
from harmonium.estimators.convergence import Convergence


def made(**settings):
    net = torch.nn.Linear(2, 1)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    given = {"tol": 0.01, "patience": 2, **settings}
    return net, Convergence("loss", False, optimiser, **given)


def seen(ends, net, losses):
    return [ends.see({"loss": loss}, net) for loss in losses]


def test_it_ends_after_more_than_patience_passes_without_improvement():
    net, ends = made()
    assert seen(ends, net, [1.0, 0.5, 0.495, 0.494, 0.493]) == [False] * 4 + [True]
    net, ends = made()
    assert not any(seen(ends, net, [1.0, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8]))


def test_small_steps_do_not_add_up():
    """The best loss counts, not the last one that improved by ``tol``."""
    net, ends = made()
    assert seen(ends, net, [1.0, 0.995, 0.99, 0.985]) == [False, False, False, True]


def test_an_adaptive_rate_is_divided_by_5_to_the_end():
    net, ends = made(rate="adaptive", patience=0)
    rates = []
    while not ends.see({"loss": 1.0}, net):
        rates.append(ends.optimiser.param_groups[0]["lr"])
    assert rates[:3] == pytest.approx([0.1, 0.02, 0.004])
    assert 2e-7 < rates[-1] <= 1e-6


def test_an_inverse_rate_falls_with_the_rows():
    net, ends = made(rate="invscaling", power_t=0.5, rows=50, seen=49)
    ends.see({"loss": 1.0}, net)
    assert ends.optimiser.param_groups[0]["lr"] == pytest.approx(0.1 / 10)


def test_the_best_parameters_come_back():
    net, ends = made(keeps_best=True, patience=1)
    for value, loss in ((1.0, 0.5), (2.0, 0.2), (3.0, 0.4)):
        torch.nn.init.constant_(net.weight, value)
        ends.see({"loss": loss}, net)
    ends.end(net)
    assert net.weight.detach().unique().tolist() == [2.0]


@pytest.mark.parametrize("settings", [{"tol": 0.02}, {"tol": 0.05, "n_iter_no_change": 2}])
def test_it_ends_at_about_the_pass_of_scikit_learns(settings):
    data = digits()
    x, y = data.train.numpy(), data.train_labels.numpy()
    ours = MLPClassifier((30,), random_state=0, **settings).fit(x, y)
    theirs = neural_network.MLPClassifier((30,), random_state=0, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(x, y)
    assert 0.6 < ours.n_iter_ / theirs.n_iter_ < 1.6
    assert ours.n_iter_ < 200
