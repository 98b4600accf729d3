"""The model of a self-organising map."""

import torch

from harmonium.models import MapModel
from harmonium.nets import KohonenMap

X = torch.tensor([[0.1, 0.0], [0.9, 1.2]])


def model():
    net = KohonenMap(2, rows=1, columns=2)
    with torch.no_grad():
        net.weight.copy_(torch.tensor([[1.0, 1.0], [0.0, 0.0]]))
    return MapModel(net)


def test_the_code_of_a_row_is_the_place_of_its_winner():
    assert model().codes({"x": X})["map"].tolist() == [[1, 0], [0, 0]]


def test_a_row_is_reconstructed_by_the_nearest_prototype():
    assert model().reconstruct({"x": X})["map"]["x"].tolist() == [[0, 0], [1, 1]]


def test_errors_are_those_of_the_map():
    found = model().map_errors({"x": X})
    torch.testing.assert_close(found["quantisation_error"], torch.tensor([0.1, 0.05**0.5]))
    assert found["topographic_error"].tolist() == [0, 0]
