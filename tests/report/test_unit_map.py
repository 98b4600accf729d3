"""Cells of a map: their number, shades, shapes and words."""

import numpy as np
import pytest

from harmonium.nets.kohonen import grid_places
from harmonium.report.unit_map import unit_map


@pytest.mark.parametrize("hexagonal", [False, True])
def test_every_unit_has_a_cell_at_its_place(hexagonal):
    places = grid_places(3, 4, hexagonal=hexagonal)
    figure = unit_map(places, range(12), words=[str(k) for k in range(12)], hexagonal=hexagonal)
    axes = figure.axes[0]
    (cells,) = axes.collections
    assert cells.get_array().tolist() == [*range(12)]
    centres = [path.get_extents().get_points().mean(0) for path in cells.get_paths()]
    np.testing.assert_allclose(centres, places, atol=1e-6)
    assert {len(path.vertices) for path in cells.get_paths()} == {7 if hexagonal else 5}
    assert [(text.get_text(), *text.get_position()) for text in axes.texts] == [
        (str(k), *place) for k, place in enumerate(places.tolist())
    ]
    low, high = axes.get_ylim()
    assert low > high  # the first row stands on top


def test_words_of_dark_cells_are_white_and_equal_values_have_a_scale():
    texts = unit_map(grid_places(1, 2), [0, 5], words=["a", "b"]).axes[0].texts
    assert [text.get_color() == "white" for text in texts] == [False, True]
    (cells,) = unit_map(grid_places(1, 2), [3, 3]).axes[0].collections
    assert cells.get_clim() == (3, 4)
