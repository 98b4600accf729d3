"""The heads of a machine by step, with what it writes."""

import torch

from harmonium.models import adapted
from tests.nets.test_ntm import by_hand


def test_steps_of_reading_and_writing():
    net = by_hand()
    model, source = adapted(net), torch.tensor([2, 0, 1, 1])
    written, heads = model.addresses(source)
    assert torch.equal(written, source)
    assert {name: weights.shape for name, weights in heads.items()} == {
        "writing head": (10, 40),
        "reading head": (10, 40),
    }
    assert heads["writing head"].argmax(1).tolist() == [1, 2, 3, 4, 5, 5, 5, 5, 5, 5]
    assert heads["reading head"].argmax(1).tolist() == [0] * 5 + [1, 2, 3, 4, 5]
