"""All nodes of a batch, sorted by height."""

import torch

from harmonium.data import tree_rows
from harmonium.nets.trees.layout import laid_out
from tests.nets.trees.specimens import KIND, forest


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


def test_heights_of_a_tree_are_its_levels():
    (tree,) = forest(3)[1:2]
    layout = laid_out(tree_rows([tree], KIND))
    assert len(layout.children) == tree.heights[-1]
    assert [len(pairs) // 2 for pairs in layout.children] == [
        tree.heights.count(h) for h in range(1, tree.heights[-1] + 1)
    ]
