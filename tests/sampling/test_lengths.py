import torch

from harmonium import dbm, rbm
from harmonium.sampling import of_lengths
from harmonium.units import Multinomial


def test_totals_are_read_off_the_values():
    graph = rbm(Multinomial(3), 2)
    bound = of_lengths(graph, {"v": torch.tensor([[1.0, 2, 0], [0, 0, 9]])})
    assert bound.units["v"].context.tolist() == [3, 9]
    assert graph.units["v"].context is None


def test_other_graphs_stay_as_they_are():
    graph = dbm(3, 2, 2)
    assert of_lengths(graph, {"v": torch.ones(2, 3)}) is graph
    documents = rbm(Multinomial(3), 2)
    assert of_lengths(documents, {"h": torch.ones(2, 2)}) is documents
