"""Confusion matrices in which errors stand out; bars that start at zero."""

import numpy as np
import pytest

from harmonium.report import bars, confusion

COUNTS = np.array([[50, 2, 0], [10, 40, 0], [0, 1, 9]])


def words_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def colours_of(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def test_every_count_that_is_not_zero_stands_in_its_cell():
    figure = confusion(COUNTS, ["cat", "dog", "emu"])
    cells = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    for (true, predicted), count in np.ndenumerate(COUNTS):
        assert cells.get((predicted, true)) == (str(count) if count else None)
    assert [cells[3, true] for true in range(3)] == ["96%", "80%", "90%"]


def test_the_axes_say_which_is_which():
    axes = confusion(COUNTS, ["cat", "dog", "emu"]).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "emu"]


def test_colours_are_shares_of_a_row_and_errors_have_a_hue_of_their_own():
    colours = colours_of(confusion(COUNTS, "abc"))
    warmth = colours[..., 0] - colours[..., 2]
    errors = (COUNTS > 0) & ~np.eye(3, dtype=bool)
    assert (warmth[errors] > 0.05).all()
    assert (np.diag(warmth) < -0.05).all()
    assert (colours[COUNTS == 0] == 1).all()
    assert warmth[1, 0] > warmth[2, 1] > warmth[0, 1]
    np.testing.assert_array_equal(colours, colours_of(confusion(COUNTS * [[7], [1], [3]], "abc")))


def test_a_class_without_examples_has_no_share():
    figure = confusion([[3, 0], [0, 0]], "ab")
    assert words_of(figure) == ["3", "100%", "found"]


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (np.ones((2, 3)), r"shape \(2, 3\) for 3 classes"),
        (np.ones((2, 2)), "for 3 classes"),
        (-np.ones((3, 3)), "negative"),
        (np.full((3, 3), np.nan), "non-finite"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix, words):
    with pytest.raises(ValueError, match=words):
        confusion(matrix, "abc")


TABLE = {"dbn": (0.98, 0.002), "rbm": (0.95, 0.01), "pixels": (0.91, 0.004)}


def test_bars_start_at_zero_and_end_at_the_mean_in_the_order_given():
    axes = bars(TABLE).axes[0]
    assert [bar.get_x() for bar in axes.patches] == [0, 0, 0]
    assert [bar.get_width() for bar in axes.patches] == [0.98, 0.95, 0.91]
    assert [label.get_text() for label in axes.get_yticklabels()] == list(TABLE)
    tops = [axes.transData.transform((0, bar.get_y()))[1] for bar in axes.patches]
    assert tops == sorted(tops, reverse=True)


@pytest.mark.parametrize("from_zero", [True, False])
def test_error_bars_span_one_standard_deviation_each_way(from_zero):
    figure = bars(TABLE, from_zero=from_zero)
    (container,) = (c for c in figure.axes[0].containers if hasattr(c, "has_xerr"))
    spans = [path[:, 0] for path in container.lines[2][0].get_segments()]
    np.testing.assert_allclose(spans, [[m - s, m + s] for m, s in TABLE.values()])
    assert words_of(figure)[0] == "0.980 ± 0.002"


def test_points_may_leave_zero_out_and_are_no_bars():
    axes = bars(TABLE, from_zero=False).axes[0]
    assert axes.get_xlim()[0] > 0.5
    assert not axes.patches


def test_intervals_need_not_be_symmetric():
    figure = bars({"rbm": (0.98, 0.9, 0.99)}, from_zero=False)
    (container,) = (c for c in figure.axes[0].containers if hasattr(c, "has_xerr"))
    spans = [path[:, 0] for path in container.lines[2][0].get_segments()]
    np.testing.assert_allclose(spans, [[0.9, 0.99]])
    assert words_of(figure)[0] == "0.980 (0.900 to 0.990)"


@pytest.mark.parametrize(
    "table", [{}, {"a": (1,), "b": (2,)}, {"a": (1, 2), "b": (1, 0, 2)}, {"a": (1, 2, 3, 4)}]
)
def test_what_is_neither_pairs_nor_triples_is_refused(table):
    with pytest.raises(ValueError, match="low, high"):
        bars(table)
