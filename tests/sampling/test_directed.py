import torch
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.sampling import ascend, descend, mean, sample
from tests.laws.registry import BELIEF_NETS


def test_upwards_each_layer_hears_the_one_below():
    graphs = BELIEF_NETS["four"]().graphs
    v = graphs[0].units["v"].states()
    values = ascend(graphs, v)
    assert len(values) == len(graphs)
    for g, below, above in zip(graphs, [v, *values], values, strict=False):
        assert_close(above, mean(g.units["h"], g.field("h", {"v": below})).detach())


def test_downwards_each_layer_hears_the_one_above():
    graphs = BELIEF_NETS["four"]().graphs
    h = graphs[-1].units["h"].states()
    values = descend(graphs, h, rule=mean)
    for g, below, above in zip(graphs, values, [*values[1:], h], strict=True):
        assert_close(below, mean(g.units["v"], g.field("v", {"h": above})).detach())


def test_draws_are_states_and_repeat_with_their_source():
    graphs = BELIEF_NETS["three"]().graphs
    v = torch.ones(20, 3, dtype=torch.float64)
    up = [ascend(graphs, v, rule=sample, source=generator(1)) for _ in range(2)]
    down = [descend(graphs, up[0][-1], source=generator(2)) for _ in range(2)]
    for first, again in (up, down):
        assert all(map(torch.equal, first, again))
        assert all(set(x.unique().tolist()) == {0.0, 1.0} for x in first)


def test_no_layers_no_values():
    v = torch.ones(2, 3)
    assert ascend([], v) == descend([], v) == []
