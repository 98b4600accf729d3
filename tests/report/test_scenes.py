"""Scenes with boxes: colours, places and words of what is drawn."""

import numpy as np
from matplotlib.colors import to_rgba

from harmonium.report.scenes import MISSED, RIGHT, WRONG, Scene, scenes_picture


def scene(words=""):
    boxes = [[1, 2, 11, 12], [5, 6, 9, 10]]
    return Scene(np.zeros((20, 30)), boxes, [0.9, 0.25], [True, False], [[15, 3, 25, 9]], words)


def test_boxes_have_their_places_colours_and_scores():
    (axes,) = scenes_picture([scene()]).axes
    drawn = {
        (box.get_x(), box.get_y(), box.get_width(), box.get_height()): box.get_edgecolor()
        for box in axes.patches
    }
    assert drawn == {
        (15, 3, 10, 6): to_rgba(MISSED),
        (1, 2, 10, 10): to_rgba(RIGHT),
        (5, 6, 4, 4): to_rgba(WRONG),
    }
    assert [text.get_text() for text in axes.texts] == ["0.900", "0.250"]
    assert axes.get_ylim() == (20, 0)


def test_scenes_stand_side_by_side_under_their_words():
    figure = scenes_picture([scene(f"scene {k}") for k in range(4)])
    assert [text.get_text() for text in figure.texts] == [f"scene {k}" for k in range(4)]
    places = [axes.get_position().bounds for axes in figure.axes]
    assert len({round(place[1], 3) for place in places}) == 2  # lines
    assert len({round(place[0], 3) for place in places}) == 3  # columns
