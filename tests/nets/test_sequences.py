"""Writing step by step: ends, limits, agreement with known outputs."""

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets.sequences import SequenceNet


class Counting(SequenceNet):
    """Writes 0 as often as the source has symbols, then the end."""

    def __init__(self, longest=100):
        super().__init__(2, 2, unit="characters", settings={})
        self.longest = longest
        self.seen = []

    def read(self, source):
        return (source >= 0).sum(1)

    def write(self, state, last):
        self.seen.append(last)
        logits = torch.zeros(len(last), 3)
        logits[:, 0] = 1
        logits[state == 0, 2] = 2
        return logits, state - 1, torch.nn.functional.one_hot(state.clamp(min=0), 4)


SOURCE = torch.tensor([[1, 0, 1], [0, -1, -1]])


def test_each_row_ends_by_itself():
    written, looked = Counting().transduce(SOURCE)
    assert written.tolist() == [[0, 0, 0], [0, -1, -1]]
    assert looked[0].argmax(1).tolist() == [3, 2, 1]


def test_an_output_has_a_limit():
    written, looked = Counting(longest=2).transduce(SOURCE)
    assert written.tolist() == [[0, 0], [0, -1]]
    assert looked.shape == (2, 2, 4)


def test_a_known_output_is_given_step_by_step():
    net = Counting()
    logits = net(SOURCE, torch.tensor([[1, 0], [1, -1]]))
    assert logits.shape == (2, 3, 3)
    assert [part.tolist() for part in net.seen] == [[2, 2], [1, 1], [0, 0]]
    assert [part.shape for part in net.transduce(SOURCE[1:, :1])] == [(1, 1), (1, 1, 4)]


def test_an_empty_source_is_refused():
    for call in (Counting().transduce, lambda x: Counting()(x, SOURCE)):
        with pytest.raises(UsageError, match="a source is empty"):
            call(torch.tensor([[0, 1], [-1, -1]]))
