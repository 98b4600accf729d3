"""Which units of a reservoir are connected."""

import torch

from harmonium.nets.reservoirs.wiring import chosen
from harmonium.random import seeded


def test_every_unit_reads_as_many_sources_drawn_by_the_seed():
    with seeded(0):
        first = chosen(40, 50, kept=7)
    with seeded(0):
        again = chosen(40, 50, kept=7)
    assert torch.equal(first, again)
    assert set(first.unique().tolist()) == {0.0, 1.0}
    assert (first.sum(1) == 7).all()
    assert len(first.unique(dim=0)) == 40
