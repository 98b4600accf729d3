"""Kinds of columns for trees and their nodes."""

import pytest
import torch

from harmonium.data import NodeClasses, Trees, check_rows, longest_of, read_tree, tree_rows
from harmonium.errors import DataError


def test_rows_that_are_no_trees_are_refused():
    kind = Trees(("a",), longest=3)
    good = tree_rows([read_tree("(0 (1 a) (0 (1 a) (1 b)))"), read_tree("(0 a)")], kind)
    check_rows(good, 1)
    check_rows(torch.zeros(1, 15), 1)
    for place, value in [(0, 3), (0, 0.5), (0, -1), (2, 0), (9, 2), (13, 5), (13, float("nan"))]:
        bad = good.clone()
        bad[0, place] = value
        with pytest.raises(DataError, match=r"row 0 \(from 0\) is no binary tree over 1 words"):
            check_rows(bad, 1)
    two = torch.cat([good[:1, :2], torch.zeros(1, 13)], 1)  # two leaves without a parent
    with pytest.raises(DataError, match="no binary tree"):
        check_rows(two, 1)


def test_rows_have_three_planes():
    kind = Trees(("a",), longest=4)
    rows = tree_rows([read_tree("(0 (1 a) (2 b))")], kind)
    kind.check(rows)
    assert kind.shaped(rows).shape == (1, 3, 7)
    assert torch.equal(kind.flat(kind.shaped(rows)), rows)
    assert longest_of(rows.shape[1]) == 4
    with pytest.raises(DataError, match=r"rows of \(20,\) values, but trees of up to 4 words"):
        kind.check(rows[:, 1:])
    with pytest.raises(DataError, match="a column of trees is torch.int64"):
        kind.check(rows.long())


def test_classes_of_nodes_are_checked():
    kind = NodeClasses(("bad", "good"), longest=2)
    kind.check(torch.tensor([[0, 1, -1]]))
    with pytest.raises(DataError, match="classes of nodes from 0 to 2; 2 classes need 0 to 1"):
        kind.check(torch.tensor([[0, 2, 1]]))
    with pytest.raises(DataError, match=r"int64 \(N, 3\) needed"):
        kind.check(torch.tensor([[0, 1]]))
