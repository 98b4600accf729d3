"""A net over trees as a model: probabilities, and what does not fit it."""

from types import SimpleNamespace

import pytest
import torch

from harmonium.data import Classes, Numbers, Trees, read_tree, tree_rows
from harmonium.errors import DataError, UsageError
from harmonium.models import adapted
from harmonium.nets.trees import RNTN
from harmonium.random import seeded

KIND = Trees(("a", "b"), longest=3)


@pytest.fixture
def model():
    with seeded(0):
        return adapted(RNTN(2, 4, classes=3, longest=3))


@pytest.fixture
def batch():
    found = [read_tree("(0 (1 a) (0 (1 b) (2 a)))"), read_tree("(0 b)")]
    return {"x": tree_rows(found, KIND)}


def test_the_class_of_the_root_is_that_of_the_last_node(model, batch):
    nodes, roots = model.node_log_probs(batch), model.log_probs(batch)
    assert torch.allclose(roots.exp().sum(1), torch.ones(2))
    assert torch.allclose(roots[0], nodes[0, 4])
    assert torch.allclose(roots[1], nodes[1, 0])
    assert model.decide(batch).tolist() == roots.argmax(1).tolist()
    assert model.codes(batch)["root"].shape == (2, 4)


def test_columns_that_do_not_fit_are_refused(model):
    fitting = {"x": KIND, "y": Classes((0, 1, 2))}
    model.meet(SimpleNamespace(columns=fitting))
    for kind, message in [
        (Numbers((15,)), r"reads trees, and the column x holds Numbers\(15\)"),
        (Trees(("a",), longest=4), "up to 3 words, and those of the data have up to 4"),
        (Trees(("a", "b", "c"), longest=3), "knows 2 words, and the vocabulary of the data has 3"),
    ]:
        with pytest.raises(UsageError, match=message):
            model.meet(SimpleNamespace(columns={**fitting, "x": kind}))


def test_rows_that_are_no_trees_are_refused(model, batch):
    model.check(batch)
    with pytest.raises(DataError, match=r"row 1 \(from 0\) is no binary tree over 2 words"):
        model.check({"x": batch["x"] * torch.tensor([[1.0], [5.0]])})
    with pytest.raises(UsageError, match="the net reads 15 values"):
        model.check({"x": batch["x"][:, :9]})
