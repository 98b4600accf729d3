"""Sheets of maps: every tile has its values, enlarged; missing tiles stay empty."""

import numpy as np
import torch

from harmonium.report.map_sheet import liveliest, map_sheet


def test_the_maps_that_vary_most():
    maps = torch.zeros(2, 5, 3, 3)
    maps[0, 3, 0, 0], maps[1, 1, 2, 2], maps[:, 4] = 1, 2, 9
    assert liveliest(maps, 2).tolist() == [1, 3]
    assert liveliest(maps, 9).tolist() == [1, 3]
    assert liveliest(0 * maps, 2).tolist() == [0, 1]


def test_tiles():
    picture = torch.rand(4, 6)
    maps = {"conv (Conv2d)": torch.arange(12.0).reshape(2, 2, 3), "pool": torch.full((1, 1, 1), 4)}
    limits = {"conv (Conv2d)": (0.0, 10.0), "pool": (0.0, 8.0)}
    figure = map_sheet(picture, maps, limits=limits, title="maps")
    [axes] = figure.axes
    tiles = [np.asarray(image.get_array()) for image in axes.images]
    assert len(tiles) == 3 + 2  # the picture and its maps in each line, nothing for a missing one
    np.testing.assert_allclose(tiles[0], picture, atol=1e-6)
    np.testing.assert_allclose(tiles[3], picture, atol=1e-6)
    np.testing.assert_allclose(tiles[1][::2, ::2], [[0, 0.1, 0.2], [0.3, 0.4, 0.5]], atol=1e-6)
    assert (tiles[2][2:, 4:] == 1).all()  # beyond the limit
    assert (tiles[4] == 0.5).all()
    assert [text.get_text() for text in axes.texts] == ["conv\n(Conv2d)", "pool"]
