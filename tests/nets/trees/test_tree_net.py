"""Nets over trees against a recursion node by node, and against finite differences."""

import pytest
import torch

from harmonium.data import read_tree, tree_rows
from harmonium.learning.objectives.node_cross_entropy import NodeCrossEntropy
from harmonium.nets.trees import RNTN, TreeLSTM
from tests.nets.trees.reference import WORDS, logits_of_nodes
from tests.nets.trees.specimens import KIND, NETS, columns, forest, made

STEP, LIMIT = 1e-6, 1e-8


@pytest.mark.parametrize("kind", NETS)
def test_every_node_has_the_logits_of_the_recursion(kind):
    net, found = made(kind), forest()
    x = tree_rows(found, KIND).double()
    table, roots = net.node_logits(x), net(x)
    for row, root, tree in zip(table, roots, found, strict=True):
        expected = logits_of_nodes(net, tree, KIND.words)
        assert torch.allclose(row[: len(tree)], expected, atol=1e-12, rtol=0)
        assert torch.allclose(root, expected[-1], atol=1e-12, rtol=0)


@pytest.mark.parametrize("kind", NETS)
def test_its_gradient_is_that_of_the_recursion(kind):
    net, found = made(kind), forest()
    batch, total = columns(found), 0.0
    NodeCrossEntropy()(net, batch).sum().backward()
    ours = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    for tree in found:
        labels = torch.tensor([int(label) for label in tree.labels])
        logits = logits_of_nodes(net, tree, KIND.words)
        total = total + torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
    total.backward()
    for mine, p in zip(ours, net.parameters(), strict=True):
        assert torch.allclose(mine, p.grad, atol=1e-10, rtol=0)


@pytest.mark.parametrize("kind", NETS)
def test_its_gradient_is_that_of_central_differences(kind):
    net, batch = made(kind, 2), columns(forest(3))
    objective = NodeCrossEntropy()
    objective(net, batch).sum().backward()
    for p in net.parameters():
        flat = p.data.view(-1)
        for k in range(0, len(flat), 3):
            value, ends = float(flat[k]), []
            for side in (STEP, -STEP):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(objective(net, batch).sum()))
            flat[k] = value
            slope = (ends[0] - ends[1]) / (2 * STEP)
            assert float(p.grad.view(-1)[k]) == pytest.approx(slope, abs=LIMIT, rel=1e-6)


@pytest.mark.parametrize("kind", NETS)
def test_swapped_children_are_noticed(kind):
    """The wrong specimen: a net that took the right child for the left would pass elsewhere."""
    net = made(kind)
    pair = [read_tree("(0 (1 a) (2 b))"), read_tree("(0 (1 b) (2 a))")]
    one, other = net(tree_rows(pair, KIND).double())
    assert float((one - other).detach().abs().max()) > 1e-3


def test_a_row_without_a_node_is_one_unknown_word():
    net = made(RNTN)
    unknown = tree_rows([read_tree(f"(0 {WORDS[-1]})")], KIND).double()
    assert torch.equal(net(torch.zeros_like(unknown)), net(unknown))


def test_rows_of_a_batch_do_not_touch_each_other():
    net, x = made(TreeLSTM), tree_rows(forest(), KIND).double()
    alone = torch.cat([net(row[None]) for row in x])
    assert torch.allclose(net(x), alone, atol=1e-12, rtol=0)
