import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, EnergyGraph, Masked, load, save
from harmonium.learning import PCD, Learner
from harmonium.nets.tables import table_of
from harmonium.random import generator


def test_pairs_outside_the_table_are_not_connected():
    c = Masked((2,), (2,), mask=[[1, 0], [1, 1]], std=1.0)
    x = torch.tensor([[0.0, 1.0]])
    assert float(c(x)[0, 0].detach()) == 0
    assert_close(c(x)[0, 1], c.weight[1, 1])


def test_learning_never_connects_them():
    mask = torch.tensor(table_of("lenet1_h3")).T.bool()
    graph = EnergyGraph(
        {"v": Bernoulli(4), "h": Bernoulli(12)}, {("v", "h"): Masked((4,), (12,), mask=mask)}
    )
    before = graph.edges[0].connection.weight.detach().clone()
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
    learner = Learner(graph, optimiser, contrast=PCD(chains=10), source=generator(0))
    learner.step({"v": torch.eye(4)})
    moved = (graph.edges[0].connection.weight - before).abs() > 0
    assert not bool((moved & ~mask).any())
    assert bool(moved[mask].any())


def test_the_mask_is_saved(tmp_path):
    c = Masked((2,), (3,), mask=[[1, 0], [1, 1], [0, 1]])
    graph = EnergyGraph({"v": Bernoulli(2), "h": Bernoulli(3)}, {("v", "h"): c})
    again = load(save(graph, tmp_path / "masked.safetensors"))
    assert torch.equal(again.edges[0].connection.mask, c.mask)


@pytest.mark.parametrize(
    ("mask", "words"), [([[1, 0]], "row for each target unit"), ([[1, 2], [0, 1]], "0 and 1")]
)
def test_a_mask_that_does_not_fit_is_refused(mask, words):
    with pytest.raises(ValueError, match=words):
        Masked((2,), (2,), mask=mask)
