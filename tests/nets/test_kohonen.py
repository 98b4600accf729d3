"""Grids, winners and errors of self-organising maps."""

import pytest
import torch

from harmonium.nets import KohonenMap
from harmonium.nets.kohonen import grid_places


def test_every_inner_unit_has_four_or_six_nearest_neighbours():
    for grid, count in (("square", 4), ("hexagonal", 6)):
        net = KohonenMap(2, rows=5, columns=5, grid=grid)
        pairs = net.neighbours()
        assert int((pairs == 12).sum()) == count
        gaps = (net.places[pairs[:, 0]] - net.places[pairs[:, 1]]).norm(dim=1)
        torch.testing.assert_close(gaps, torch.ones_like(gaps))


def test_places_go_row_by_row():
    assert grid_places(2, 3).tolist() == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]
    assert grid_places(2, 2, hexagonal=True)[2].tolist() == pytest.approx([0.5, 0.75**0.5])


def test_winners_and_errors_are_those_of_the_nearest_prototypes():
    net = KohonenMap(1, rows=1, columns=4)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[0.0], [10.0], [20.0], [1.0]]))
    x = torch.tensor([[0.4], [11.0], [19.0]])
    assert net.winners(x).tolist() == [0, 1, 2]
    errors = net.errors(x)
    torch.testing.assert_close(errors["quantisation_error"], torch.tensor([0.4, 1.0, 1.0]))
    # The second nearest of the first row is the last unit; those of the others are neighbours.
    assert errors["topographic_error"].tolist() == [1, 0, 0]


def test_diagonal_units_of_a_square_grid_are_neighbours():
    net = KohonenMap(1, rows=2, columns=2)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[0.0], [10.0], [20.0], [1.0]]))
    assert net.errors(torch.tensor([[0.4]]))["topographic_error"].tolist() == [0]


def test_gaps_are_mean_distances_from_neighbours():
    net = KohonenMap(1, rows=1, columns=3)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[0.0], [2.0], [6.0]]))
    assert net.gaps().tolist() == [2, 3, 4]


def test_a_map_of_one_unit_has_no_topographic_error():
    assert KohonenMap(2, rows=1, columns=1).errors(torch.ones(1, 2))["topographic_error"] == 0
