"""A model that writes sequences, row by row as its net."""

import torch

from harmonium.models import adapted
from harmonium.nets import Transducer
from tests.apply.sequences import data


def test_it_writes_what_the_net_writes():
    net = Transducer(2, 2, embedding=2, hidden=2, longest=5)
    model, batch = adapted(net), data().test.batch(slice(None))
    written = model.transduce(batch)
    again, looked = model.alignment(batch)
    assert torch.equal(written, again)
    assert looked.shape == (*written.shape, 4)
    for row in range(4):
        n = int((batch["x"][row] >= 0).sum())
        alone = net.transduce(batch["x"][row : row + 1, :n])[0]
        kept = written[row, : alone.shape[1]]
        assert torch.equal(alone[0], kept)
