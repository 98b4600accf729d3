"""The likelihood agrees with enumeration, and is of undamaged rows."""

import pytest
import torch

from harmonium import exact
from harmonium.judges.likelihood import Likelihood
from tests.stages import small

RBM = {
    "model": {"type": "rbm", "visible": 6, "hidden": 4, "std": 0.5},
    "pretrain": None,
    "fine_tune": None,
    "train": {"type": "energy", "epochs": 1},
}


def truth(one):
    """The mean log-likelihood by summing over every visible state."""
    graph = one.models["machine"].machine
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 6)
    with torch.no_grad():
        log_z = torch.logsumexp(-graph.free_energy({"v": states}, ("h",)).double(), 0)
        free = -graph.free_energy({"v": one.data.test.x}, ("h",)).double()
    return float(free.mean() - log_z), float(log_z)


def test_small_machines_are_enumerated():
    one = small.one(**RBM)
    found = Likelihood()(one)
    expected, log_z = truth(one)
    assert found["log_z_exact"]
    assert found["log_likelihood"] == pytest.approx(expected, abs=1e-5)
    assert found["log_z"] == pytest.approx(log_z, abs=1e-5)


def test_larger_ones_are_estimated_from_both_sides(monkeypatch):
    one = small.one(**RBM)
    monkeypatch.setattr("harmonium.models.graph.quick", lambda machine: False)
    found = Likelihood(betas=200, chains=200, reverse_sweeps=50)(one)
    expected, log_z = truth(one)
    assert not found["log_z_exact"]
    for side in ("forward", "reverse"):
        error = abs(found[f"log_z_{side}"] - log_z)
        assert error < 5 * found[f"log_z_{side}_stderr"] + 1e-6
        assert 1 <= found[f"log_z_{side}_ess"] <= 200
    assert found["log_likelihood"] <= found["log_likelihood_optimistic"] + 1e-9
    assert found["log_z"] == max(found["log_z_forward"], found["log_z_reverse"])
    assert found == Likelihood(betas=200, chains=200, reverse_sweeps=50)(small.one(**RBM))


def test_a_belief_nets_figure_is_its_bound():
    one = small.one("model.std=0.5")
    found = Likelihood()(one)
    low, top = one.models["machine"].machine.graphs
    v = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 6)
    h = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 5)
    with torch.no_grad():
        log_top = -top.free_energy({"v": h}, ("h",)).double() - exact.log_partition(top)
        down = low.field("v", {"h": h})
        log_down = torch.stack(
            [low.units["v"].log_prob(row.expand(len(h), -1), down).double() for row in v]
        )
        log_p = torch.logsumexp(log_down + log_top, 1)
    assert torch.logsumexp(log_p, 0).item() == pytest.approx(0, abs=1e-6)
    index = (one.data.test.x @ (2.0 ** torch.arange(5, -1, -1))).long()
    exact_mean = float(log_p[index].mean())
    assert exact_mean - 1.0 < found["log_likelihood"] < exact_mean + 4 * found["test_stderr"]


def test_noise_does_not_change_the_figure():
    noise = {"type": "corrupt", "share": 0.5}
    found = Likelihood()(small.one(**RBM, data=small.toy()))
    noisy = Likelihood()(small.one("data.batch_transform=" + str(noise), **RBM))
    assert noisy["log_likelihood"] == found["log_likelihood"]


def test_without_test_rows_there_is_nothing_to_judge():
    from dataclasses import replace

    with pytest.raises(ValueError, match="judge likelihood: toy has no test rows"):
        small.tasks(**RBM, data=replace(small.toy(), test=None), judge=["likelihood"])


def test_a_labelled_belief_net_has_no_joint_figure():
    """log p(x) is a bound there and p(y | x) is given the features: their sum is neither."""
    one = small.one("model.classes=2", fine_tune=None, pretrain=small.RECIPE["pretrain"])
    assert "log_likelihood_joint" not in Likelihood()(one)
