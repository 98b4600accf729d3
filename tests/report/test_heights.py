"""Landscapes: contours of the heights that were given, a path where it was walked."""

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from harmonium.report import contours, landscapes

X, Y = np.meshgrid(np.linspace(-1, 1, 21), np.linspace(-1, 1, 11))
BOWL = (X - 0.5) ** 2 + Y**2  # lowest at (0.5, 0), 11 rows by 21 columns
PATH = [(-0.8, 0.9), (0.0, 0.5), (0.5, 0.0)]


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_low_is_dark_and_where_it_was_given():
    figure = contours(BOWL, labels=("s", "d", "nats"), title="bowl")
    axes, bar = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel(), bar.get_ylabel()) == ("s", "d", "nats")
    filled = axes.collections[0]
    assert filled.levels.min() <= 0 < BOWL.max() <= filled.levels.max()
    colours = filled.cmap(filled.norm([0.0, BOWL.max()]))[:, :3]
    assert colours[0].sum() < colours[1].sum() - 0.5
    lowest = filled.get_paths()[0].vertices
    assert np.abs(lowest.mean(0) - [0.5, 0]).max() < 0.1


def test_a_path_goes_where_it_went_from_a_ring_to_a_dot():
    axes = contours(BOWL, path=PATH, marks={"goal": (0.9, -0.9)}).axes[0]
    (line,) = (line for line in axes.lines if line.get_label() == "path")
    np.testing.assert_array_equal(line.get_xydata(), PATH)
    start, end = (c for c in axes.collections if isinstance(c, PathCollection))
    np.testing.assert_array_equal(start.get_offsets(), [PATH[0]])
    np.testing.assert_array_equal(end.get_offsets(), [PATH[-1]])
    assert start.get_facecolor()[0][:3].tolist() == [1, 1, 1]
    assert words(axes) == ["goal"]
    low, high = axes.get_xlim()
    assert low <= -1
    assert high >= 1


def test_panels_stand_side_by_side_each_with_its_ends():
    panels = {"bowl": BOWL, "hill": 3 - BOWL}
    figure = landscapes(panels, marks={"hill": {"top": (0.5, 0)}}, labels=("s", "d"), title="two")
    assert len(figure.axes) == 2
    assert [axes.get_title() for axes in figure.axes] == [
        f"bowl\nfrom 0 to {BOWL.max():.3g}",
        f"hill\nfrom \N{MINUS SIGN}{BOWL.max() - 3:.3g} to 3",
    ]
    assert [words(axes) for axes in figure.axes] == [[], ["top"]]
    places = [axes.get_position().x0 for axes in figure.axes]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("draw", "problem"),
    [
        (lambda: contours([1.0, 2.0]), "give a grid"),
        (lambda: contours(np.full((3, 3), np.nan)), "finite"),
        (lambda: contours(BOWL, path=[1, 2, 3]), r"give places \(T, 2\)"),
        (lambda: landscapes({}), "at least one panel"),
    ],
)
def test_what_is_no_landscape_is_refused(draw, problem):
    with pytest.raises(ValueError, match=problem):
        draw()
