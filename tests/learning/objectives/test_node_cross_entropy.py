"""The cross-entropy of all labelled nodes of a tree."""

import torch

from harmonium.learning.objectives.node_cross_entropy import NodeCrossEntropy
from harmonium.nets.trees import RNTN
from tests.nets.trees.specimens import columns, forest, made


def test_nodes_without_a_label_do_not_count():
    net, batch = made(RNTN), columns(forest())
    some = batch["nodes"].clone()
    some[:, ::2] = -1
    empty = torch.full_like(some, -1)
    losses = NodeCrossEntropy()(net, batch | {"nodes": some})
    rest = NodeCrossEntropy()(net, batch | {"nodes": batch["nodes"].where(some < 0, -1)})
    assert torch.allclose(losses + rest, NodeCrossEntropy()(net, batch))
    assert not NodeCrossEntropy()(net, batch | {"nodes": empty}).any()


def test_it_is_the_sum_over_the_nodes_of_a_tree():
    net, found = made(RNTN), forest(4)
    batch = columns(found)
    losses = NodeCrossEntropy()(net, batch)
    log_p = net.node_logits(batch["x"]).log_softmax(2)
    for loss, row, tree in zip(losses, log_p, found, strict=True):
        expected = -sum(row[i, int(label)] for i, label in enumerate(tree.labels))
        assert torch.allclose(loss, expected)
