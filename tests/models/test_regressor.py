"""A net of real values as a model."""

import torch

from harmonium.models import Classifies, Decides, Regressor
from harmonium.nets import MLP

X = torch.randn(9, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


def test_it_predicts_in_the_units_of_the_targets():
    model = Regressor(MLP([4, 3, 2], outputs="values"))
    before = model.predict({"x": X})
    targets = torch.tensor([[0.0, 10], [20, 30]], dtype=torch.float32)
    model.net.rescaled.fit(targets)
    torch.testing.assert_close(model.predict({"x": X}), before * 10 + targets.mean(0))
    assert not model.predict({"x": X}).requires_grad
    assert not isinstance(model, Classifies | Decides)


def test_codes_are_the_hidden_layers():
    model = Regressor(MLP([4, 3, 5, 2], outputs="values"))
    assert {n: tuple(h.shape) for n, h in model.codes({"x": X}).items()} == {
        "h1": (9, 3),
        "h2": (9, 5),
    }
    assert torch.equal(model.filters()["h1"], model.net.h1.weight)
