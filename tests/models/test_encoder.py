"""A net of codes as a model: its abilities, its codes, its filters."""

import torch

from harmonium.data import Examples
from harmonium.models import Encodes, Filters, Net, Reconstructs, adapted
from harmonium.models.encoder import EncoderModel, codes_of
from harmonium.nets import Embedding
from harmonium.random import seeded

ROWS = Examples({"x": torch.randn(7, 6, generator=torch.Generator().manual_seed(0))})


def model(units=(6, 4, 2)):
    with seeded(0):
        return adapted(Embedding([*units]))


def test_it_encodes_and_has_filters():
    found = model()
    assert isinstance(found, EncoderModel)
    assert isinstance(found, Encodes)
    assert isinstance(found, Filters)
    assert isinstance(found, Net)
    assert not isinstance(found, Reconstructs)
    assert found.filters()["h1"].equal(found.net.h1.weight)
    assert found.sizes == (6, 4, 2)


def test_codes_are_the_outputs_in_the_order_of_the_rows():
    found = model()
    assert codes_of(found, ROWS).equal(found.net(ROWS.x).detach())
    assert not codes_of(found, ROWS).requires_grad
    assert [*found.codes({"x": ROWS.x})] == ["h1", "code"]
