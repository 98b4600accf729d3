"""An autoencoder as a model."""

import torch

from harmonium.models import AutoencoderModel, Samples
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
