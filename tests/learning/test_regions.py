"""Pieces and regions: counts against enumeration of what the units do on many points."""

import pytest
import torch
from torch import nn

from harmonium.learning import most_regions, pieces, regions
from harmonium.nets import MLP
from harmonium.random import seeded


def deep(seed, units=(1, 6, 5, 4, 2), activation="relu"):
    """A net with biases, so that its kinks are not all at 0."""
    with seeded(seed):
        net = MLP(units, activation=activation).double()
    source = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in net.parameters():
            p.add_(torch.randn(p.shape, generator=source, dtype=torch.float64))
    return net


def patterns(net, x):
    """How many times the set of active units changes between neighbours of a fine grid, plus 1.

    A change counts if an output changes its slope there: units without a way up do not.
    """
    y = net(x[:, None]).detach()
    slope = y.diff(dim=0) / x.diff()[:, None]
    bend = (slope.diff(dim=0).abs() > 1e-6 * slope.abs().max()).any(1)
    starts = bend & ~torch.cat([torch.zeros(1, dtype=torch.bool), bend[:-1]])
    return 1 + int(starts.sum())


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 6, 8, 9])
def test_pieces_are_those_of_a_fine_grid(seed, activation):
    net = deep(seed, activation=activation)
    exact = pieces(net, low=-3.0, high=3.0)
    assert float(exact.ends.diff().min()) > 1e-4  # so that the grid can tell them apart
    assert exact.count == patterns(net, torch.linspace(-3, 3, 400_001, dtype=torch.float64))


def test_between_its_ends_the_function_is_the_net():
    net = deep(3)
    exact = pieces(net, low=-3.0, high=3.0)
    for share in (0.0, 0.3, 1.0):
        x = exact.ends[:-1] + share * exact.ends.diff()
        y = exact.values[:-1] + share * exact.values.diff(dim=0)
        torch.testing.assert_close(net(x[:, None]).detach(), y, rtol=1e-9, atol=1e-9)


def test_an_end_where_no_output_bends_is_no_end():
    net = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1)).double()
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[1.0], [-1.0]]))
        net[0].bias.zero_()
        net[2].weight.copy_(torch.tensor([[1.0, -1.0]]))  # max(0, x) - max(0, -x) = x
    assert pieces(net, low=-1, high=1).count == 1
    with torch.no_grad():
        net[2].weight.copy_(torch.tensor([[1.0, 1.0]]))
    assert pieces(net, low=-1, high=1).slopes.flatten().tolist() == [-1.0, 1.0]


def test_other_nets_have_no_pieces():
    with pytest.raises(ValueError, match="h1_activation: pieces are linear in nets of Linear"):
        pieces(MLP([1, 3, 1], activation="tanh"), low=-1, high=1)
    with pytest.raises(ValueError, match="h1 reads 2 values, not 1"):
        pieces(MLP([2, 3, 1]), low=-1, high=1)
    with pytest.raises(ValueError, match="interval from 1 to 1 is empty"):
        pieces(MLP([1, 3, 1]), low=1, high=1)


# --- regions ---------------------------------------------------------------------------------

LINES = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), torch.tensor([0.0, 0.0, -1.0])


def test_one_two_and_three_lines_have_2_4_and_7_regions():
    weights, biases = LINES
    counts = [len(regions(weights[:n], biases[:n])) for n in (1, 2, 3)]
    assert counts == [2, 4, 7] == [most_regions(n, 2) for n in (1, 2, 3)]
    codes = {"".join(map(str, code)) for code in regions(*LINES).codes.int().tolist()}
    assert codes == {"000", "010", "011", "100", "101", "110", "111"}  # 001 never occurs


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("units", [2, 5])
def test_codes_are_those_of_many_points(units, dimensions):
    source = torch.Generator().manual_seed(10 * units + dimensions)
    w = torch.randn(units, dimensions, generator=source, dtype=torch.float64)
    b = 0.3 * torch.randn(units, generator=source, dtype=torch.float64)
    exact = regions(w, b)
    x = 30 * torch.randn(200_000, dimensions, generator=source, dtype=torch.float64)
    x *= torch.rand(200_000, 1, generator=source, dtype=torch.float64) ** 4
    seen = torch.unique((x @ w.mT + b > 0).int(), dim=0).tolist()
    assert {*map(tuple, seen)} <= {*map(tuple, exact.codes.int().tolist())}
    assert len(exact) == most_regions(units, dimensions) <= 1.1 * len(seen)


def test_the_point_of_a_region_has_its_code():
    weights, biases = LINES
    exact = regions(weights, biases)
    on = exact.points @ weights.double().mT + biases > 0
    assert torch.equal(on, exact.codes)


def test_lines_that_meet_or_never_meet_have_fewer_regions():
    through_one_point = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert len(regions(through_one_point, torch.zeros(3))) == 6
    parallel = torch.tensor([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    assert len(regions(parallel, torch.tensor([0.0, 1.0, 2.0]))) == 4


def test_units_without_a_boundary_are_refused():
    with pytest.raises(ValueError, match="not all of them zero"):
        regions(torch.zeros(1, 2), torch.zeros(1))
