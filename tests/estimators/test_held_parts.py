"""Chains that hold what is known: means and draws of the rest against closed forms."""

import pytest
import torch

from harmonium import Multinomial, multimodal_dbm
from harmonium.estimators.held_parts import average_rows, drawn_rows, held_parts
from harmonium.random import generator


def graph_and_base():
    graph = multimodal_dbm({"a": [3], "words": [Multinomial(2)]}, 2, std=0)  # no connections
    with torch.no_grad():
        graph.units["a"].bias.copy_(torch.tensor([1.0, 0.0, -1.0]))
        graph.units["words"].bias.copy_(torch.tensor([1.0, 0.0]))
    base = {"a": torch.full((3,), 0.5), "words": torch.tensor([3.0, 1.0]), "joint": torch.zeros(2)}
    return graph, base


def test_without_connections_means_are_those_of_the_biases():
    graph, base = graph_and_base()
    nan = torch.nan
    rows = {
        "a": torch.tensor([[1.0, nan, nan], [nan, nan, nan]]),
        "words": torch.tensor([[nan, nan], [1.0, 5.0]]),
    }
    found = average_rows(held_parts(graph, rows, base=base), sweeps=4, source=generator(0))
    p = torch.tensor([1.0, 0.0, -1.0]).sigmoid()
    torch.testing.assert_close(found["a"], torch.stack([torch.cat([torch.ones(1), p[1:]]), p]))
    share = torch.tensor([1.0, 0.0]).softmax(0)
    torch.testing.assert_close(found["words"][0], 4 * share)  # of the mean length, 3 + 1
    assert found["words"][1].tolist() == [1, 5]
    state = drawn_rows(held_parts(graph, rows, base=base), sweeps=2, source=generator(0))
    assert state["words"].sum(1).tolist() == [4, 6]
    assert state["a"][0, 0] == 1


def test_counts_are_known_or_missing_together():
    graph, base = graph_and_base()
    rows = {"a": torch.ones(1, 3), "words": torch.tensor([[1.0, torch.nan]])}
    with pytest.raises(ValueError, match="'words': some counts of a row are missing"):
        held_parts(graph, rows, base=base)
