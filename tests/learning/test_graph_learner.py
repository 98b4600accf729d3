"""Updates from columns are those of the learner on the graph's groups."""

import torch

from harmonium import rbm
from harmonium.learning import CD, Discriminative, GraphLearner, Learner, Listed
from harmonium.machines import classification_rbm
from harmonium.random import generator, seeded

X = torch.eye(6)[:4]


def learner(graph, **settings):
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
    return Learner(graph, optimiser, contrast=CD(), source=generator(1), **settings)


def machine():
    with seeded(0):
        return rbm(6, 3)


def test_columns_become_groups_and_weights_stay_weights():
    own, columns = learner(machine()), learner(machine())
    weights = torch.tensor([1.0, 0.5, 2.0, 1.0])
    own.step({"v": X}, weights=weights)
    found = GraphLearner(columns, lambda batch: {"v": batch["x"]})
    assert found.step({"x": X, "weights": weights}) == {}
    assert found.module is columns.graph
    assert found.optimisers == [columns.optimiser]
    assert all(map(torch.equal, own.graph.parameters(), columns.graph.parameters()))


def test_learning_to_classify_has_a_loss():
    with seeded(0):
        graph = classification_rbm(6, 3, classes=2)
    update = learner(graph, inference=Listed("y"))
    found = GraphLearner(
        update, lambda b: {"v": b["x"], "y": b["y"]}, Discriminative(update, generative=0.0)
    )
    y = torch.eye(2)[[0, 1, 0, 1]]
    losses = [float(found.step({"x": X, "y": y})["loss"]) for _ in range(50)]
    assert losses[-1] < losses[0]


def test_weights_count_where_it_learns_to_classify():
    def learned():
        with seeded(0):
            graph = classification_rbm(6, 3, classes=2)
        optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
        update = Learner(
            graph, optimiser, contrast=CD(), source=generator(1), inference=Listed("y")
        )
        return graph, Discriminative(update, generative=0.0)

    X, y = torch.eye(6)[:4], torch.eye(2)[[0, 1, 0, 1]]
    weights = torch.tensor([1.0, 0.5, 2.0, 0.5])
    (own, alone), (graph, sharpened) = learned(), learned()
    alone.step({"v": X, "y": y}, weights=weights)
    step = GraphLearner(sharpened.learner, lambda b: {"v": b["x"], "y": b["y"]}, sharpened).step
    step({"x": X, "y": y, "weights": weights})
    assert all(map(torch.equal, own.parameters(), graph.parameters()))
