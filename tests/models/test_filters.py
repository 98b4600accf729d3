"""Weights as rows of the data."""

import torch
from torch.testing import assert_close

from harmonium import multimodal_dbm
from harmonium.models import adapted
from harmonium.models.filters import filters_of
from tests.laws.specimens import randomised


def test_of_several_groups_the_weights_lie_side_by_side():
    graph = randomised(multimodal_dbm({"a": [4, 3], "b": [3]}, 2), 3)
    found = adapted(graph).filters()
    assert {name: tuple(w.shape) for name, w in found.items()} == {"a_h1": (3, 7), "joint": (2, 7)}
    w, up, b = (e.connection.weight.detach() for e in graph.edges)
    assert_close(found["a_h1"], torch.cat([w, up.mT @ b], 1))
    assert_close(found["joint"], torch.cat([up @ w, b], 1))
    assert filters_of(graph, groups=("a",)).keys() == {"a_h1", "joint", "b"}
