"""Learning curves: what metrics become, which charts there are, what they say."""

import math

import numpy as np

from harmonium.report.sections.learning import ENTRY, curve_picture, drawn, section


def row(stage, epoch, *, trial=0, **figures):
    names = {name.replace("__", "/"): value for name, value in figures.items()}
    return {"trial": trial, "stage": stage, "epoch": epoch, "update": epoch, **names}


def test_training_stands_against_validation_in_one_chart():
    rows = [row("fine_tune", e, train__loss=2.0 / e, val__loss=3.0 / e, lr=0.1) for e in (1, 2)]
    charts = drawn(rows)
    assert list(charts) == [("fine-tuning", "loss")]
    lines = charts["fine-tuning", "loss"]
    assert lines["training"][1].tolist() == [[2, 1]]
    assert lines["validation"][1].tolist() == [[3, 1.5]]
    assert lines["training"][0].tolist() == [1, 2]


def test_layers_share_a_chart_and_a_random_start_that_of_fine_tuning():
    rows = [row(f"pretrain/{k}", e, rbm__reconstruction=e) for k in (0, 1) for e in (1, 2)]
    rows += [
        row(s, e, train__loss=e) for s in ("fine_tune", "compare/random_start") for e in (1, 2)
    ]
    charts = {key: list(lines) for key, lines in drawn(rows).items()}
    assert charts == {
        ("pre-training", "reconstruction"): ["layer 1", "layer 2"],
        ("fine-tuning", "loss"): ["training", "same net, random start, training"],
    }


def test_trials_are_rows_and_one_that_stopped_early_leaves_gaps():
    rows = [row("train", e, trial=t, train__loss=e + t) for t in (0, 1) for e in range(1, 4 - t)]
    epochs, values = drawn(rows)["training", "loss"]["training"]
    assert epochs.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(values, [[1, 2, 3], [2, 3, np.nan]])


def test_what_is_said_twice_or_is_no_figure_of_learning_has_no_chart():
    rows = [
        row("fine_tune", e, val__accuracy=0.5 * e, val__error=0.5, time__processor_s=1.0, lr=0.1)
        for e in (1, 2)
    ]
    assert list(drawn(rows)) == [("fine-tuning", "accuracy")]


def test_one_epoch_or_no_number_makes_no_curve():
    assert drawn([row("train", 1, train__loss=1.0)]) == {}
    assert drawn([row("train", e, train__loss=math.nan) for e in (1, 2)]) == {}
    assert drawn([row("train", e, train__loss=None) for e in (1, 2)]) == {}


def test_a_rate_that_is_always_one_says_nothing():
    assert drawn([row("train", e, chains__flip_rate=1.0) for e in (1, 2)]) == {}


def test_the_weights_norm_comes_last():
    figures = {"weights__norm": 2.0, "chains__flip_rate": 0.1, "train__loss": 3.0}
    rows = [row("train", e, **figures) for e in (1, 2)]
    assert [figure for _, figure in drawn(rows)] == ["loss", "flip_rate", "norm"]


def test_a_picture_says_where_its_lines_begin_and_end():
    series = {"training": (np.array([1.0, 2.0]), np.array([[2.0, 1.0]]))}
    picture = curve_picture(("fine-tuning", "loss"), series, note="")
    assert picture.alt == "fine-tuning: cross-entropy, nats by epoch. training from 2 to 1."
    assert picture.caption == "Cross-entropy (nats) by epoch."


def test_a_fall_over_decades_is_drawn_on_a_logarithmic_axis():
    x = np.arange(3.0)
    for values, scale in (([[10.0, 1.0, 0.1]], "log"), ([[10.0, 5.0, 1.0]], "linear")):
        picture = curve_picture(("training", "loss"), {"a": (x, np.array(values))}, note="")
        assert picture.figure.axes[0].get_yscale() == scale


def test_the_section_of_a_run(evidence):
    assert len(section(evidence("classifier")).parts) == 3
    seen = evidence("failed")
    seen.metrics.clear()
    assert ENTRY.section(seen) is None


def test_the_title_says_what_is_drawn_and_its_unit():
    series = {"validation": (np.array([1.0, 2.0]), np.array([[0.5, 0.75]]))}
    for name, words in (("accuracy", "accuracy, %"), ("loss", "cross-entropy, nats")):
        picture = curve_picture(("fine-tuning", name), series, note="")
        axes = picture.figure.axes[0]
        assert f"fine-tuning: {words}" in {axes.get_title(loc) for loc in ("left", "center")} | {
            text.get_text() for text in picture.figure.texts
        }
        assert axes.get_ylabel() == words
    assert "from 50 to 75" in curve_picture(("a", "accuracy"), series, note="").alt
