"""Learning of pathways: rates, rows of each layer, and what reaches the machine."""

import pytest
import torch

from harmonium import Multinomial, multimodal_dbm
from harmonium.estimators.lessons import Lessons, rows_seen
from harmonium.learning import CD, start_from
from harmonium.random import generator, seeded


def lessons():
    return Lessons(0.1, decay=0.0, batch_size=10, source=generator(0))


def test_rates_of_counts_are_divided_by_their_mean_length():
    graph = multimodal_dbm({"a": [3, 2], "words": [Multinomial(2)]}, 2)
    learner = lessons().learner(graph, CD(), limits=[], lengths={"words": 20.0})
    rate = {id(g["params"][0]): g["lr"] for g in learner.optimiser.param_groups}
    assert len(rate) == len(list(graph.parameters()))
    assert rate[id(graph.units["words"].bias)] == pytest.approx(0.005)
    assert rate[id(graph.connections["words-joint"].weight)] == pytest.approx(0.005)
    assert rate[id(graph.connections["a-a_h1"].weight)] == pytest.approx(0.1)


def test_a_layer_learns_from_the_rows_that_have_its_modality():
    x = {"a": torch.eye(4)[torch.arange(40) % 4], "b": torch.eye(3)[torch.arange(40) % 3]}
    gaps = {"a": x["a"].clone(), "b": x["b"].clone()}
    gaps["b"][:25] = torch.nan
    seen = rows_seen(gaps)
    assert int(seen["b"].sum()) == 15
    with seeded(0):
        graph = multimodal_dbm({"a": [4, 3], "b": [3, 2]}, 2)
    start_from(graph, x)
    before = graph.connections["a_h1-joint"].weight.detach().clone()
    sizes = []
    for training in lessons().of_layers(graph, x, seen=seen, lengths={}, epochs=2):
        sizes.append(len(training.batches))
        while not training.done:
            training.update()
    assert sizes == [4, 2, 2]  # batches of ten of 40, 15 and 15 rows
    assert not torch.equal(before, graph.connections["a_h1-joint"].weight)
    none = {"a": seen["b"], "b": ~seen["b"]}
    with pytest.raises(ValueError, match="fewer than two rows have all modalities"):
        list(lessons().of_layers(graph, x, seen=none, lengths={}, epochs=1))
