"""The losses of auxiliary heads."""

import torch

from harmonium.learning.auxiliary import with_auxiliary
from harmonium.learning.objectives import CrossEntropy
from harmonium.nets import MLP, Net

LAYERS = [
    {"type": "linear", "name": "h", "out_features": 5},
    {"type": "linear", "name": "side", "out_features": 3},
    {"type": "linear", "name": "main", "out_features": 3, "inputs": "h"},
]
BATCH = {"x": torch.randn(6, 4), "y": torch.tensor([0, 1, 2, 0, 1, 2])}


def test_in_training_their_losses_are_added_with_their_weights():
    net = Net([4], LAYERS, auxiliary={"side": 0.3})
    objective = with_auxiliary(CrossEntropy(), net)
    h = net.h(BATCH["x"])
    losses = [
        torch.nn.functional.cross_entropy(head(h), BATCH["y"], reduction="none")
        for head in (net.main, net.side)
    ]
    assert torch.allclose(objective(net.train(), BATCH), losses[0] + 0.3 * losses[1])
    assert torch.allclose(objective(net.eval(), BATCH), losses[0])
    assert objective.outputs == CrossEntropy.outputs
    assert objective.figure == "loss"


def test_a_net_without_heads_keeps_its_objective():
    objective = CrossEntropy()
    assert with_auxiliary(objective, MLP([4, 3])) is objective
    assert with_auxiliary(objective, Net([4], ["relu"])) is objective
