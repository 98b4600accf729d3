"""Learning curves: the numbers drawn, gaps, bands, steps and labels that do not collide."""

import numpy as np
import pytest
import torch

from harmonium.report import curves, mark, traces
from harmonium.report.lines import _spread


def line_of(figure, name):
    return next(line for line in figure.axes[0].lines if line.get_label() == name)


def labels_of(figure):
    return {text.get_text(): text.xy[1] for text in figure.axes[0].texts}


def test_a_line_is_its_series_from_epoch_one():
    figure = curves({"train": [3, 2, 1.5], "test": torch.tensor([3.0, 2.5])})
    assert line_of(figure, "train").get_xydata().tolist() == [[1, 3], [2, 2], [3, 1.5]]
    assert line_of(figure, "test").get_xydata().tolist() == [[1, 3], [2, 2.5]]


def test_steps_give_the_places():
    figure = curves({"train": [3, 2], "test": [1, 1]}, steps={"train": [100, 200]})
    assert line_of(figure, "train").get_xdata().tolist() == [100, 200]
    assert line_of(figure, "test").get_xdata().tolist() == [1, 2]


def test_seeds_become_a_mean_in_a_band_of_one_standard_deviation():
    runs = np.random.default_rng(0).normal(size=(5, 4))
    figure = curves({"rbm": runs})
    np.testing.assert_allclose(line_of(figure, "rbm").get_ydata(), runs.mean(0))
    (band,) = figure.axes[0].collections
    edge = band.get_paths()[0].vertices
    for epoch in range(4):
        heights = edge[edge[:, 0] == epoch + 1, 1]
        assert np.ptp(heights) == pytest.approx(2 * runs[:, epoch].std(ddof=1))
    assert "1 s.d." in figure.axes[0].get_title(loc="right")


def test_one_seed_has_no_band():
    figure = curves({"rbm": [[1.0, 2.0]]})
    assert not figure.axes[0].collections
    assert figure.axes[0].get_title(loc="right") == ""


def test_values_that_are_not_finite_leave_gaps():
    figure = curves({"a": [1, float("inf"), 2, float("nan")], "b": [1, 1, 1, 1]})
    assert np.isnan(line_of(figure, "a").get_ydata()).tolist() == [False, True, False, True]
    assert max(figure.axes[0].get_ylim()) < 3


def test_twelve_lines_all_look_different():
    figure = curves({f"model {i}": [i, 1] for i in range(12)})
    looks = {
        (line.get_color(), line.get_linestyle(), str(line._dash_pattern), line.get_marker())
        for line in figure.axes[0].lines
        if not line.get_label().startswith("_")
    }
    assert len(looks) == 12


def test_the_labels_of_close_lines_do_not_collide():
    figure = curves({"a": [1, 2.0], "b": [1, 2.001], "c": [1, 2.002], "low": [1, 0]})
    figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in figure.axes[0].texts), key=lambda b: b.y0)
    assert len(boxes) == 4
    for lower, upper in zip(boxes, boxes[1:], strict=False):
        assert lower.y1 <= upper.y0 + 1
    assert labels_of(figure)["low"] < labels_of(figure)["a"] < labels_of(figure)["c"]
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


def test_labels_stay_inside_even_if_too_many():
    placed = _spread([0.5] * 40)
    assert min(placed) >= 0
    assert max(placed) <= 1
    assert len(set(placed)) == 40


def test_log_axis_is_kept_to_positive_values():
    assert curves({"a": [1, 0.1]}, log_y=True).axes[0].get_yscale() == "log"
    assert curves({"a": [-1, -2]}, log_y=True).axes[0].get_yscale() == "linear"
    figure = curves({"a": [[1.0, 0.1], [1.0, 0.5]], "b": [0.0, -1.0]}, log_y=True)
    assert min(figure.axes[0].get_ylim()) > 0


def test_labels_of_the_axes():
    axes = curves({"a": [1, 2]}, x_label="update", y_label="nats", title="Cost").axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("update", "nats")
    assert axes.figure.get_suptitle() == "Cost"


@pytest.mark.parametrize(
    ("series", "steps", "words"),
    [
        ({}, None, "at least one"),
        ({"a": []}, None, r"'a' of shape \(0,\)"),
        ({"a": np.zeros((2, 2, 2))}, None, "give .epochs"),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, "2 values but 3 steps"),
        ({"a": [1, 2]}, {"A": [1, 2]}, "unknown series"),
    ],
)
def test_what_cannot_be_drawn_is_refused(series, steps, words):
    with pytest.raises(ValueError, match=words):
        curves(series, steps=steps)


# --- chains ---------------------------------------------------------------------------------


def test_every_chain_is_a_line_of_its_groups_colour():
    groups = {"from data": np.arange(8.0).reshape(2, 4), "from noise": torch.ones(3, 4)}
    lines = traces(groups, y_label="nats").axes[0].lines
    assert [line.get_ydata().tolist() for line in lines[:2]] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert lines[0].get_xdata().tolist() == [1, 2, 3, 4]
    assert len({line.get_color() for line in lines[:2]}) == 1
    assert len({line.get_color() for line in lines}) == 2


def test_a_group_of_chains_stands_in_the_legend_once():
    figure = traces({"a": np.ones((5, 3)), "b": np.ones((5, 3))}, y_label="nats")
    assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == ["a", "b"]


@pytest.mark.parametrize(
    "groups", [{}, {"a": np.ones(3)}, {"a": np.ones((0, 3))}, {"a": [[1.0, np.inf]]}]
)
def test_chains_that_cannot_be_drawn_are_refused(groups):
    with pytest.raises(ValueError, match="chains"):
        traces(groups, y_label="nats")


def test_a_mark_stands_at_its_value_with_its_word():
    figure = mark(curves({"a": [1.0, 2.0, 3.0]}), 1.5, word="threshold")
    axes = figure.axes[0]
    assert [1.5, 1.5] in [list(line.get_xdata()) for line in axes.lines]
    (text,) = (t for t in axes.texts if t.get_text() == "threshold")
    assert text.xy == (1.5, 1.0)
