"""The encoder and decoder: gradients, padding, and that writing agrees with known outputs."""

import pytest
import torch
from torch.nn import functional

from harmonium.nets.transducer import Transducer
from harmonium.random import seeded

SOURCE = torch.tensor([[0, 3, 1, 2], [2, 1, -1, -1]])
TARGET = torch.tensor([[1, 0, 2], [0, 0, 1]])


def net():
    with seeded(0):
        return Transducer(4, 3, embedding=2, hidden=3).double()


def test_gradients_are_central_differences():
    made, step = net(), 1e-6

    def loss():
        return functional.cross_entropy(made(SOURCE, TARGET)[0].flatten(0, 1), TARGET.flatten())

    loss().backward()
    for p in made.parameters():
        flat = p.data.view(-1)
        for k in range(len(flat)):
            value, ends = float(flat[k]), []
            for side in (step, -step):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(loss()))
            flat[k] = value
            slope = (ends[0] - ends[1]) / (2 * step)
            assert abs(float(p.grad.view(-1)[k]) - slope) < 2e-8


def test_what_stands_behind_the_end_changes_nothing():
    made = net()
    alone, a = made(SOURCE[1:, :2], TARGET[1:])
    padded, b = made(SOURCE, TARGET)
    torch.testing.assert_close(padded[1:], alone)
    torch.testing.assert_close(b[1:, :, :2], a)
    torch.testing.assert_close(b.sum(-1), torch.ones(2, 3).double())
    assert not b[1, :, 2:].any()


def test_writing_takes_the_most_probable_symbols():
    made = net()
    found, alignment = made.transduce(SOURCE, 3)
    logits, known = made(SOURCE, found)
    assert torch.equal(logits.argmax(-1), found)
    torch.testing.assert_close(alignment, known)


def test_an_empty_source_is_refused():
    with pytest.raises(ValueError, match="a source is empty"):
        net()(torch.tensor([[0, 1], [-1, -1]]), TARGET)
