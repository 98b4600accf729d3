"""Maps of rows: glyphs of short classes, marks and a legend of long ones, dots without classes."""

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.report.maps import points

XY = np.random.default_rng(0).normal(size=(30, 2))
LABELS = np.arange(30) % 3


def test_short_names_stand_in_the_map():
    (axes,) = points(XY, LABELS, classes=["0", "1", "2"]).axes
    assert [text.get_text() for text in axes.texts] == [str(k) for k in LABELS]
    colours = {text.get_text(): text.get_color() for text in axes.texts}
    assert len(set(colours.values())) == 3
    for text, place in zip(axes.texts, XY, strict=True):
        assert text.get_position() == tuple(place)
    low, high = axes.get_xlim()
    assert low < XY[:, 0].min() < XY[:, 0].max() < high


def test_long_names_have_marks_and_a_legend():
    (axes,) = points(XY, LABELS, classes=["calm", "storm", "fog"]).axes
    assert not axes.texts
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["calm", "storm", "fog"]
    shapes = {c.get_paths()[0].vertices.tobytes() for c in axes.collections}
    assert len(shapes) == 3


@pytest.mark.parametrize("labels", [None, np.full(30, -1)])
def test_rows_without_classes_are_dots_of_one_colour(labels):
    (axes,) = points(XY, labels, classes=[] if labels is None else ["0", "1"]).axes
    (dots,) = axes.collections
    assert len(dots.get_offsets()) == 30


def test_rows_without_label_are_left_out_beside_others():
    labels = LABELS.copy()
    labels[:10] = -1
    (axes,) = points(XY, labels, classes=["0", "1", "2"]).axes
    assert len(axes.texts) == 20


@pytest.mark.parametrize(
    ("places", "message"),
    [(XY[:, :1], "give"), (XY[:0], "give"), (XY * np.inf, "60 places are not finite")],
)
def test_what_is_no_map_is_refused(places, message):
    with pytest.raises(UsageError, match=message):
        points(places)
