"""Encoders of the parts of a row to one space."""

import pytest
import torch

from harmonium.nets import MLP, JointEmbedding, Net
from harmonium.random import seeded


def net():
    layers = [{"type": "conv2d", "out_channels": 2, "kernel_size": 2}, "flatten"]
    with seeded(1):
        return JointEmbedding({"picture": Net([1, 3, 2], layers), "words": MLP([5, 4])})


def test_each_part_is_read_by_its_encoder_in_its_shape_and_codes_have_unit_length():
    joint, x = net(), torch.randn(7, 11)
    codes = joint(x)
    assert codes.shape == (7, 2, 4)
    torch.testing.assert_close(codes.norm(dim=2), torch.ones(7, 2))
    direct = joint.encoders["words"](x[:, 6:])
    torch.testing.assert_close(codes[:, 1], direct / direct.norm(dim=1, keepdim=True))
    torch.testing.assert_close(joint.embed("picture", x[:, :6]), codes[:, 0])
    assert joint.units == (11, 4)


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="give two parts or more"):
        JointEmbedding({"words": MLP([5, 4])})
    with pytest.raises(ValueError, match="4 of a, 3 of b: end all encoders in the same size"):
        JointEmbedding({"a": MLP([5, 4]), "b": MLP([5, 3])})
    with pytest.raises(ValueError, match="encoders.b: Linear has no units"):
        JointEmbedding({"a": MLP([5, 4]), "b": torch.nn.Linear(2, 4)})
