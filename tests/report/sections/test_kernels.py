"""Kernels: those of the first layer, the largest first; colours and other channels."""

import numpy as np
import torch
from torch import nn

from harmonium.models import adapted
from harmonium.report.sections.kernels import parts, section
from harmonium.report.viewed import View
from tests.report.sections.seen import tiles


def test_kernels_of_the_first_layer(evidence):
    seen = evidence("convnet")
    made = section(seen)
    assert made.title == "Kernels"
    weight = View(seen).net.get_submodule("conv1").weight.detach()[:, 0]
    order = weight.flatten(1).norm(dim=1).argsort(descending=True)
    [picture] = made.parts
    np.testing.assert_allclose(tiles(picture, 6)[0], weight[order], rtol=1e-6)
    assert picture.caption.startswith("6 kernels of 3 x 3 in layer conv1. Red is positive")


def test_colours_and_other_channels(evidence):
    seen = evidence("convnet", data=None)
    for channels, words in ((3, "Grey is zero"), (2, "each of 2 channels")):
        net = nn.Sequential(nn.Conv2d(channels, 4, 5), nn.Flatten(), nn.Linear(4, 2))
        seen.models["net"] = adapted(net)
        [picture] = parts(View(seen))
        assert words in picture.caption
        assert len(picture.figure.axes[0].images) == (4 if channels == 3 else 8)
    assert section(evidence("classifier")) is None
    assert torch.is_grad_enabled()
