import pytest
import torch
from torch.testing import assert_close

from harmonium.machines import BeliefNet, belief_net, rbm
from harmonium.random import generator
from harmonium.sampling import sample
from harmonium.units import Bernoulli, Gaussian
from tests.laws.registry import BELIEF_NETS


def test_a_net_is_a_stack_of_rbms():
    net = belief_net(6, 4, Bernoulli(3, 1), 2)
    shapes = [(tuple(g.units["v"].shape), tuple(g.units["h"].shape)) for g in net.graphs]
    assert shapes == [((6,), (4,)), ((4,), (3, 1)), ((3, 1), (2,))]


def test_layers_must_fit():
    with pytest.raises(
        ValueError, match=r"layer 1 has hidden .* \(3,\), but layer 2 expects \(4,\)"
    ):
        BeliefNet([rbm(6, 4), rbm(4, 3), rbm(4, 2)])


@pytest.mark.parametrize("units", [(), (5,)])
def test_a_net_has_at_least_two_groups(units):
    with pytest.raises(ValueError, match="visible units and at least one hidden group"):
        belief_net(*units)


def test_every_layer_owns_its_units():
    """A family given once stands in two RBMs, with its shape, tied axes and parameters."""
    inner = Bernoulli(2, 2, tied=(1,))
    with torch.no_grad():
        inner.bias.fill_(0.5)
    net = belief_net(4, inner, 3)
    copies = net.graphs[0].units["h"], net.graphs[1].units["v"]
    assert copies[0] is not copies[1]
    for units in copies:
        assert units is not inner
        assert units.bias.tolist() == [[0.5], [0.5]]
    copies[0].absorb(torch.tensor(1.0))
    assert float(copies[1].bias.detach().sum()) == 1.0


def test_means_go_up_through_means():
    net = BELIEF_NETS["three"]()
    v = torch.eye(3, dtype=torch.float64)
    values = net.recognise(v)
    below = v
    for graph, found in zip(net.graphs, values, strict=True):
        below = graph.units["h"].mean(graph.field("h", {"v": below})).detach()
        assert_close(found, below)


def test_samples_go_up_through_samples():
    net = BELIEF_NETS["three"]()
    v = torch.ones(50, 3, dtype=torch.float64)
    values = net.recognise(v, rule=sample, source=generator(1))
    assert [tuple(x.shape) for x in values] == [(50, 3), (50, 2), (50, 2)]
    for x in values:
        assert x.unique().tolist() == [0.0, 1.0]


def test_what_is_generated_are_means_of_the_visible_units():
    net = belief_net(Gaussian(5), 4, 3)
    with torch.no_grad():
        net.graphs[0].units["v"].bias.fill_(7.0)
        net.graphs[0].connections["v-h"].weight.zero_()
    found = net.generate(11, sweeps=2, source=generator(1))
    assert_close(found, torch.full((11, 5), 7.0))


def test_generating_repeats_with_its_source():
    net = BELIEF_NETS["three"]()
    first, again = (net.generate(20, sweeps=3, source=generator(4)) for _ in range(2))
    assert torch.equal(first, again)


def test_generating_starts_where_it_is_told():
    """Without a sweep the top's values are the given ones, and one step down is exact."""
    net = BELIEF_NETS["two"]()
    bottom = net.graphs[0]
    state = bottom.units["h"].states()
    found = net.generate(len(state), sweeps=0, seen={"v": state}, source=generator(5))
    assert_close(found, bottom.units["v"].mean(bottom.field("v", {"h": state})).detach())


def test_the_bound_moves_with_log_z():
    net = BELIEF_NETS["two"]()
    v = net.graphs[0].units["v"].states()
    low, high = (net.bound(v, z, source=generator(6)) for z in (2.0, torch.tensor(5.0)))
    assert_close(low - high, torch.full_like(low, 3.0))


def test_labels_join_the_top():
    net = belief_net(6, 5, 4, classes=3)
    assert net.labelled
    assert [*net.graphs[-1].units] == ["v", "y", "h"]
    assert tuple(net.graphs[-1].units["y"].shape) == (3,)
    plain = belief_net(6, 5, 4)
    for ask in (plain.log_label_prob, lambda v: plain.bound(v, 0.0, y=torch.ones(1, 3))):
        with pytest.raises(ValueError, match=r"no labels 'y'.*classes=10"):
            ask(torch.ones(1, 6))


def test_untied_recognition_is_a_copy_of_its_own():
    net = BELIEF_NETS["three"]()
    v = net.graphs[0].units["v"].states()
    before = net.recognise(v)
    assert net.upwards[0] is net.graphs[0]
    assert net.untie().untie() is net
    assert len(net.recognition) == 2
    for a, b in zip(before, net.recognise(v), strict=True):
        assert_close(a, b)
    net.upwards[0].units["h"].absorb(torch.tensor(1.0))
    assert not torch.allclose(before[0], net.recognise(v)[0])
    assert_close(net.features(v), net.recognise(v)[-2])


def test_recognition_must_mirror_what_generates():
    with pytest.raises(ValueError, match="do not mirror"):
        BeliefNet([rbm(6, 4), rbm(4, 3)], [rbm(6, 5)])


def test_the_top_hears_the_expected_label():
    net = BELIEF_NETS["labelled"]()
    v = net.graphs[0].units["v"].states()
    top, features = net.graphs[-1], net.features(v)
    y = net.log_label_prob(v).exp()
    expected = top.units["h"].mean(top.field("h", {"v": features, "y": y}))
    assert_close(net.recognise(v)[-1], expected.detach())
