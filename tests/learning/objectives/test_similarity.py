"""Similar codes that can still be decoded."""

import torch

from harmonium.learning import Coding
from harmonium.learning.objectives import NCA, Bernoulli
from harmonium.learning.objectives.similarity import Similarity
from harmonium.nets import Autoencoder
from harmonium.random import seeded


def test_it_is_the_sum_of_both():
    with seeded(0):
        net = Autoencoder([6, 3], code="linear").double()
    batch = {
        "x": torch.rand(8, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64),
        "y": torch.arange(8) % 2,
    }
    nca, rows = NCA(), Coding(Bernoulli())
    both = Similarity(nca, rows, weight=0.25)
    torch.testing.assert_close(both(net, batch), nca(net, batch) + 0.25 * rows(net, batch))
    assert both.figure == "nca"
    assert both.outputs == ("codes",)
