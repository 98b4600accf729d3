"""Law 8: the gradients of up-down are those of the enumerated objectives."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.learning import PCD, UpDown, gradient, sleep, wake
from harmonium.random import generator
from harmonium.sampling import Phase
from tests.laws.registry import BELIEF_NETS

NETS = ["untied", "labelled-untied"]
everyone = pytest.mark.parametrize("name", NETS)


def every(net):
    """All states of v, h_1, ... up to the top's "v", as rows: one tensor each."""
    lists = [g.units["v"].states() for g in net.graphs]
    picks = torch.cartesian_prod(*(torch.arange(len(s)) for s in lists))
    return [s[i] for s, i in zip(lists, picks.T, strict=True)]


def up(net, values):
    """log q(h_1, ... | v) of rows, differentiable."""
    return sum(
        g.units["h"].log_prob(above, g.field("h", {"v": below}))
        for g, below, above in zip(net.upwards, values[:-1], values[1:], strict=True)
    )


def down(net, values):
    """log p(v, h_1, ... | top) of rows, differentiable: the directed layers' part."""
    return sum(
        g.units["v"].log_prob(below, g.field("v", {"h": above}))
        for g, below, above in zip(net.graphs, values, values[1:], strict=False)
    )


def data_of(net):
    """A distribution over the visible states, and the rows' share of it in ``every``."""
    v = net.graphs[0].units["v"].states()
    p = torch.softmax(2 * torch.randn(len(v), generator=generator(5), dtype=v.dtype), 0)
    values = every(net)
    code = (values[0][:, None] == v).all(2).double() @ p
    return v, p, values, code


def slopes(loss, parameters):
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    pairs = zip(found, parameters, strict=True)
    return [torch.zeros_like(p) if g is None else g for g, p in pairs]


def grads(graphs):
    return [p.grad.clone() for g in graphs for p in g.parameters()]


def waking(net):
    """(what ``wake`` and the top's gradient write, the autograd of the enumerated objective).

    Of labelled nets the label is observed with the row: its class is the first visible unit.
    """
    *directed, top = net.graphs
    _, _, values, share = data_of(net)
    weights = (share * up(net, values).exp()).detach()
    state = {"v": values[-1]}
    if net.labelled:
        state["y"] = torch.nn.functional.one_hot(values[0][:, 0].long(), 2).double()
    wake(directed, values, weights=weights)
    data = Phase(state, {"h": top.field("h", state)}, weights)
    gradient(top, data, model=exact.phase(top))
    log_z = torch.logsumexp(-top.free_energy(*_all(top)), 0)
    objective = down(net, values) - top.free_energy(state, ("h",)) - log_z
    parameters = [p for g in net.graphs for p in g.parameters()]
    return grads(net.graphs), slopes(-(weights * objective).sum(), parameters)


def _all(top):
    """All states of the groups that the top's "h" is summed out of."""
    names = [n for n in top.units if n != "h"]
    lists = [top.units[n].states() for n in names]
    index = torch.cartesian_prod(*(torch.arange(len(s)) for s in lists)).reshape(-1, len(lists))
    return {n: s[i] for n, s, i in zip(names, lists, index.T, strict=True)}, ("h",)


def sleeping(net, learn=sleep):
    """(what ``sleep`` writes, the autograd of E_p[log q] over all states)."""
    values = every(net)
    top = net.graphs[-1]
    with torch.no_grad():
        weights = (down(net, values) + exact.log_prob(top, {"v": values[-1]})).exp()
    assert float(weights.sum()) == pytest.approx(1)
    learn(net.upwards, values, weights=weights)
    parameters = [p for g in net.upwards for p in g.parameters()]
    return grads(net.upwards), slopes(-(weights * up(net, values)).sum(), parameters)


@everyone
def test_awake_it_climbs_the_expected_joint_log_probability(name):
    found, expected = waking(BELIEF_NETS[name]())
    for mine, truth in zip(found, expected, strict=True):
        assert_close(mine, truth, rtol=0, atol=1e-9)
    assert max(float(g.abs().max()) for g in expected) > 0.05


@everyone
def test_asleep_it_climbs_the_log_probability_of_the_causes_of_dreams(name):
    found, expected = sleeping(BELIEF_NETS[name]())
    for mine, truth in zip(found, expected, strict=True):
        assert_close(mine, truth, rtol=0, atol=1e-9)
    assert max(float(g.abs().max()) for g in expected) > 0.05


@everyone
def test_a_step_draws_both_without_bias(name):
    """Many rows at once, with the top's chains at equilibrium: what ``step`` leaves in .grad."""
    net = BELIEF_NETS[name]()
    _, expected_up = sleeping(net)
    _, expected_down = waking(net)
    v, p, _, _ = data_of(net)
    n = 200_000
    rows = v[torch.multinomial(p, n, replacement=True, generator=generator(6))]
    batch = {"v": rows}
    if net.labelled:
        batch["y"] = torch.nn.functional.one_hot(rows[:, 0].long(), 2).double()
    learner = UpDown(
        net.graphs,
        net.upwards,
        torch.optim.SGD(net.parameters(), lr=0.0),
        contrast=PCD(60, chains=n),
        source=generator(7),
    )
    learner.step(batch)
    found = grads(net.graphs), grads(net.upwards)
    for mine, truth in zip(found, (expected_down, expected_up), strict=True):
        for a, b in zip(mine, truth, strict=True):
            assert_close(a, b, rtol=0, atol=0.008)


# --- the law can fail ---------------------------------------------------------------------------


def test_recognition_that_learns_from_the_wrong_side_is_caught():
    found, expected = sleeping(BELIEF_NETS["untied"](), learn=wake)
    assert max(float((a - b).abs().max()) for a, b in zip(found, expected, strict=True)) > 0.05
