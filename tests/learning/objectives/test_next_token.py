"""The cost of the next symbol, by hand."""

import torch

from harmonium.learning.objectives import NextToken
from harmonium.nets import LanguageNet
from harmonium.nets.recurrent import GRU


def test_the_mean_of_the_rows_is_the_mean_over_symbols():
    net = LanguageNet(4, GRU(3, 5)).double()
    x = torch.tensor([[0, 1, 2, 3], [3, 2, -1, -1]])
    costs = []
    for row in ([0, 1, 2, 3], [3, 2]):
        logits, _ = net(torch.tensor([row[:-1]]))
        p = logits.log_softmax(-1)[0]
        costs += [-float(p[t, k].detach()) for t, k in enumerate(row[1:])]
    losses = NextToken()(net, {"x": x})
    assert losses.shape == (2,)
    torch.testing.assert_close(losses.mean().item(), sum(costs) / len(costs))
