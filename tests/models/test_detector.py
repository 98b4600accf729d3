"""A net of windows as a model: it detects, and pictures of another shape are refused."""

import pytest
import torch

from harmonium.data import Boxes, DataSet, Examples, Picture
from harmonium.models import Detector
from harmonium.nets import Net, SlidingWindow
from harmonium.random import seeded


def test_it_detects_in_pictures_of_its_shape():
    layers = ["flatten", {"type": "linear", "out_features": 1}]
    with seeded(0):
        window = Net([1, 5, 5], layers, outputs="probabilities")
        model = Detector(SlidingWindow([1, 9, 11], window, most=4))
    x = torch.rand(3, 99, generator=torch.Generator().manual_seed(0))
    rows = Examples({"x": x, "boxes": torch.zeros(3, 4)})
    columns = {"x": Picture((1, 9, 11)), "boxes": Boxes((1, 4))}
    data = DataSet("toy", rows, columns=columns)
    (batch,) = model.batches(data.train)
    boxes, scores = model.detect(batch)
    assert boxes.shape == (3, 4, 4)
    assert not scores.requires_grad
    with torch.no_grad():
        assert torch.equal(scores[:, 0], model.net(batch["x"]).sigmoid().amax(1))
    with pytest.raises(ValueError, match="the net reads"):
        model.check({"x": torch.zeros(3, 1, 8, 11)})
