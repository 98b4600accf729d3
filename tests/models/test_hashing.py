"""A codec with a noisy code as a model: its bits."""

import torch

from harmonium.models import adapted
from harmonium.nets import Autoencoder
from harmonium.nets.codes import Noisy
from harmonium.random import seeded


def test_bits_are_the_signs_of_the_encoder_and_do_not_change():
    with seeded(0):
        net = Autoencoder([6, 5, 4], code=Noisy(4.0))
    model, rows = adapted(net), torch.rand(7, 6)
    bits = model.bits({"x": rows})
    assert bits.dtype == torch.bool
    assert torch.equal(bits, net.encoder(rows) > 0)
    assert torch.equal(model.bits({"x": rows}), bits)
