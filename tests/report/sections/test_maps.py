"""Maps: the layers where shapes change, on one scale; the layer that is asked for."""

import numpy as np

from harmonium.nets.seeing import activation_maps
from harmonium.report.map_sheet import liveliest
from harmonium.report.sections.maps import parts, section
from harmonium.report.viewed import View


def test_maps_of_three_pictures(evidence):
    seen = evidence("convnet")
    text, *pictures = section(seen).parts
    assert "pool1 (MaxPool2d): 6 maps of 4 x 4" in text
    assert len(pictures) == 3
    view = View(seen)
    first, maps = activation_maps(view.net, view.x[:3], layers=["1", "pool1"]).values()
    before, kept = 1 + len(liveliest(first)), liveliest(maps)
    maps = maps[:, kept]
    low, high = maps.min(), maps.max()
    images = pictures[1].figure.axes[0].images
    line = [np.asarray(image.get_array()) for image in images[before : before + 1 + len(kept)]]
    np.testing.assert_allclose(line[0], view.grey(view.x)[1], atol=1e-6)
    for tile, h in zip(line[1:], maps[1], strict=True):
        np.testing.assert_allclose(tile[::2, ::2], (h - low) / (high - low), atol=1e-5)


def test_a_layer_and_rows(evidence):
    made = parts(View(evidence("convnet"), rows=(1, 2, 3, 4), layer="conv1"))
    assert len(made) == 5
    assert len(made[4].figure.axes[0].texts) == 1  # one line
    assert made[4].caption.startswith("test row 4, ")
