"""Tags of rows of any length."""

import torch

from harmonium.models import adapted
from harmonium.nets import Tagger


def test_tags_are_those_of_the_net():
    net = Tagger(4, 3, embedding=2, hidden=3).eval()
    x = torch.tensor([[0, 3, 1, -1, -1], [2, -1, -1, -1, -1]])
    found = adapted(net).tags({"x": x})
    assert found.shape == x.shape
    assert torch.equal(found >= 0, x >= 0)
    assert torch.equal(found[0, :3], net(x[:1, :3])[0].argmax(1))
