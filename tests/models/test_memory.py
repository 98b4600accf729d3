"""Models of linear memories."""

import torch

from harmonium.models import ClassMemory, RowMemory
from harmonium.models.memory import memory
from harmonium.nets import LinearMemory

X = torch.rand(9, 4, generator=torch.Generator().manual_seed(0))


def filled(net):
    with torch.no_grad():
        net.weight.normal_(generator=torch.Generator().manual_seed(1))
    return net


def test_the_largest_value_decides():
    model = memory(filled(LinearMemory(4, 3)))
    assert isinstance(model, ClassMemory)
    assert torch.equal(model.decide({"x": X}), (X @ model.net.weight.mT).argmax(1))
    assert torch.equal(model.filters()["classes"], model.net.weight)


def test_a_row_is_reconstructed_by_its_recall():
    model = memory(filled(LinearMemory(4, 4, recalls="rows")))
    assert isinstance(model, RowMemory)
    recalled = model.reconstruct({"x": X})["memory"]["x"]
    torch.testing.assert_close(recalled, X @ model.net.weight.detach().mT)
