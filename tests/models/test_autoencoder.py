"""An autoencoder as a model."""

import pytest
import torch

from harmonium.models import AutoencoderModel, Samples, Unrolls
from harmonium.nets import Autoencoder

X = torch.rand(9, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


def test_rows_come_back_through_the_code():
    model = AutoencoderModel(Autoencoder([6, 4, 2]))
    (again,) = model.reconstruct({"x": X}).values()
    torch.testing.assert_close(again["x"], model(X).sigmoid().detach())
    code = [*model.codes({"x": X}).values()][-1]
    torch.testing.assert_close(model.net.decoder(code).sigmoid().detach(), again["x"])
    assert code.shape == (9, 2)
    assert not isinstance(model, Samples)


def test_rows_come_from_codes():
    model = AutoencoderModel(Autoencoder([6, 4, 2]))
    codes = [*model.codes({"x": X}).values()][-1]
    (again,) = model.reconstruct({"x": X}).values()
    assert torch.equal(model.decode(codes)["x"], again["x"])
    with pytest.raises(ValueError, match=r"codes of shape \(9, 3\).*2 numbers: give \(n, 2\)"):
        model.decode(torch.zeros(9, 3, dtype=torch.float32))


def test_it_becomes_a_classifier():
    model = AutoencoderModel(Autoencoder([6, 4, 2]))
    assert isinstance(model, Unrolls)
    net = model.unrolled(3)
    assert net(X).shape == (9, 3)
    torch.testing.assert_close(net[:-1](X), model.net.encode(X))


def test_only_a_code_that_is_a_small_picture_is_one():
    from harmonium.models import Enlarges
    from harmonium.nets import Codec, Net

    def codec(layers, shape):
        up = Net(shape, ["flatten", {"type": "linear", "out_features": 64}])
        return AutoencoderModel(Codec(Net([1, 8, 8], layers), up))

    small = {"type": "resize", "scale": 0.5}
    model = codec([small, "flatten"], [1, 4, 4])
    assert isinstance(model, Enlarges)
    assert model.small == (1, 4, 4)
    assert not isinstance(codec([small, "flatten"], [16]), Enlarges)
    learned = {"type": "conv2d", "out_channels": 1, "kernel_size": 1}
    assert not isinstance(codec([small, learned, "flatten"], [1, 4, 4]), Enlarges)
    assert not isinstance(AutoencoderModel(Autoencoder([6, 4, 2])), Enlarges)
