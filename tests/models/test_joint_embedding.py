"""Encoders of parts as a model."""

import pytest
import torch

from harmonium.data import DataSet, Joined, Numbers, Split
from harmonium.models import JointEmbeddingModel
from harmonium.nets import MLP, JointEmbedding
from harmonium.random import seeded


def test_codes_are_those_of_the_parts_and_data_of_other_parts_are_refused():
    with seeded(0):
        model = JointEmbeddingModel(JointEmbedding({"a": MLP([4, 3]), "b": MLP([2, 3])}))
    x = torch.randn(5, 6)
    codes = model.codes({"x": x})
    assert [*codes] == ["a", "b"]
    torch.testing.assert_close(codes["b"], model.embed("b", x[:, 4:]))
    kind = Joined({"a": Numbers((4,)), "b": Numbers((2,))})
    model.meet(DataSet("fits", Split(x), columns={"x": kind}))
    other = Joined({"b": Numbers((2,)), "a": Numbers((4,))})
    with pytest.raises(ValueError, match="read a of 4, b of 2, and a row of odd has b of 2, a"):
        model.meet(DataSet("odd", Split(x), columns={"x": other}))
