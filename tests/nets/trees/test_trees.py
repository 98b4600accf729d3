"""Nets over trees against a recursion node by node, and against finite differences."""

import pytest
import torch

from harmonium.data import Trees, read_tree, tree_rows, tree_set
from harmonium.learning.objectives.node_cross_entropy import NodeCrossEntropy
from harmonium.nets.trees import RNTN, RecursiveNet, TreeLSTM
from harmonium.nets.trees.layout import laid_out
from harmonium.random import seeded
from tests.nets.trees.reference import WORDS, drawn, logits_of_nodes

NETS = (RecursiveNet, RNTN, TreeLSTM)
LONGEST = 9
KIND = Trees(WORDS[:-1], LONGEST)
"""Without the last word, so that some leaves are unknown."""

STEP, LIMIT = 1e-6, 1e-8


def forest(count=12, seed=0):
    source = torch.Generator().manual_seed(seed)
    sizes = [1, LONGEST, *torch.randint(1, LONGEST + 1, (count - 2,), generator=source).tolist()]
    return [read_tree(drawn(source, leaves)) for leaves in sizes]


def made(kind, size=4):
    """A net in float64, far enough from its start that every part counts."""
    with seeded(1):
        net = kind(len(KIND.words), size, classes=3, longest=LONGEST).double()
    source = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.3 * torch.randn(p.shape, generator=source, dtype=torch.float64))
    return net


def columns(found):
    data = tree_set(
        "trees", {"train": found}, words=KIND.words, longest=LONGEST, classes=(0, 1, 2)
    )
    return {name: rows for name, rows in data.train.columns.items()} | {
        "x": tree_rows(found, KIND).double()
    }


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


def test_the_layout_has_each_node_once_and_children_below():
    found = forest(20)
    x = tree_rows(found, KIND)
    layout = laid_out(x)
    assert len(layout.places) == sum(map(len, found)) == len(layout.places.unique())
    assert len(layout.words) == sum(tree.left.count(-1) for tree in found)
    begun = len(layout.words)
    for pairs in layout.children:
        assert int(pairs.max()) < begun
        begun += len(pairs) // 2
    assert begun == len(layout.places)
    taken = torch.cat([*layout.children, layout.roots])
    assert len(taken.unique()) == len(taken) == begun  # every node has one parent, or is a root


def test_a_row_without_a_node_is_one_unknown_word():
    net = made(RNTN)
    unknown = tree_rows([read_tree(f"(0 {WORDS[-1]})")], KIND).double()
    assert torch.equal(net(torch.zeros_like(unknown)), net(unknown))


def test_rows_of_a_batch_do_not_touch_each_other():
    net, x = made(TreeLSTM), tree_rows(forest(), KIND).double()
    alone = torch.cat([net(row[None]) for row in x])
    assert torch.allclose(net(x), alone, atol=1e-12, rtol=0)


def test_nodes_without_a_label_do_not_count():
    net, batch = made(RNTN), columns(forest())
    some = batch["nodes"].clone()
    some[:, ::2] = -1
    empty = torch.full_like(some, -1)
    losses = NodeCrossEntropy()(net, batch | {"nodes": some})
    rest = NodeCrossEntropy()(net, batch | {"nodes": batch["nodes"].where(some < 0, -1)})
    assert torch.allclose(losses + rest, NodeCrossEntropy()(net, batch))
    assert not NodeCrossEntropy()(net, batch | {"nodes": empty}).any()
