"""A net of several labels as a model."""

import pytest
import torch

from harmonium.models import LabelsModel, adapted
from harmonium.nets import MLP, Maxout

X = torch.randn(9, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


@pytest.mark.parametrize("kind", [MLP, Maxout])
def test_it_predicts_the_probability_of_every_label(kind):
    model = adapted(kind([4, 3, 2], outputs="probabilities"))
    assert isinstance(model, LabelsModel)
    found = model.predict({"x": X})
    torch.testing.assert_close(found, 1 / (1 + (-model.net(X).detach()).exp()))
    assert not found.requires_grad
    assert [*model.codes({"x": X})] == ["h1"]


def test_its_rows_may_be_any_numbers_of_the_right_shape():
    model = LabelsModel(MLP([4, 3, 2], outputs="probabilities"))
    model.check({"x": 100 * X})
    with pytest.raises(ValueError, match="the net reads 4 values"):
        model.check({"x": X[:, :3]})


def test_filters_are_the_first_weights():
    model = LabelsModel(MLP([4, 3, 2], outputs="probabilities"))
    assert torch.equal(model.filters()["h1"], model.net.h1.weight)
