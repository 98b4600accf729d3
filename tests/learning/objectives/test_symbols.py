"""The cost of outputs by hand."""

import pytest
import torch

from harmonium.learning.objectives.symbols import Symbols, with_end


class Fixed(torch.nn.Module):
    """Logits that do not depend on the rows; it notes what it was given."""

    def __init__(self, logits):
        super().__init__()
        self.logits = logits

    def forward(self, source, target):
        self.seen = source, target
        return self.logits[: target.shape[1] + 1].expand(len(source), -1, -1)


def test_the_mean_over_symbols_and_ends():
    source = torch.Generator().manual_seed(0)
    net = Fixed(torch.randn(5, 4, generator=source).double())
    batch = {
        "x": torch.tensor([[1, 2, -1], [0, -1, -1]]),
        "target": torch.tensor([[2, 0, 1, -1], [1, -1, -1, -1]]),
    }
    losses = Symbols()(net, batch)
    assert [x.shape[1] for x in net.seen] == [2, 3]  # columns without a symbol are left out
    log_p = net.logits.log_softmax(1)
    first = -(log_p[0, 2] + log_p[1, 0] + log_p[2, 1] + log_p[3, 3])
    second = -(log_p[0, 1] + log_p[1, 3])
    assert losses.tolist() == pytest.approx([float(first) / 3, float(second) / 3])
    assert float(losses.mean()) == pytest.approx(float(first + second) / 6)


def test_an_empty_output_is_its_end():
    assert with_end(torch.empty(2, 0, dtype=torch.int64), 3).tolist() == [[3], [3]]
