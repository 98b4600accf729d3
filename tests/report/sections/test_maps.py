"""Maps: the layers where shapes change, on one scale; the layer that is asked for."""

import numpy as np

from harmonium.nets.seeing import activation_maps
from harmonium.report.sections.maps import parts, section
from harmonium.report.viewed import View
from tests.report.sections.seen import tiles


def test_maps_of_three_pictures(evidence):
    seen = evidence("convnet")
    text, *pictures = section(seen).parts
    assert "pool1 (MaxPool2d): 6 maps of 4 x 4" in text
    assert len(pictures) == 3
    view = View(seen)
    [name] = activation_maps(view.net, view.x, layers=["pool1"])
    maps = activation_maps(view.net, view.x[:3], layers=[name])[name]
    low, high = maps.min(), maps.max()
    images = pictures[1].figure.axes[0].images
    line = [np.asarray(image.get_array()) for image in images[7:14]]  # after the first layer's
    np.testing.assert_allclose(line[0], view.grey(view.x)[1], atol=1e-6)
    for tile, h in zip(line[1:], maps[1], strict=True):
        np.testing.assert_allclose(tile[::2, ::2], (h - low) / (high - low), atol=1e-5)


def test_a_layer_and_rows(evidence):
    made = parts(View(evidence("convnet"), rows=(1, 2, 3, 4), layer="conv1"))
    assert len(made) == 5
    assert tiles(made[4], 7).shape[0] == 1
    assert made[4].caption.startswith("test row 4, ")
