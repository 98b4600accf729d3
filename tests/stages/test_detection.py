"""A net of windows learns to find digits; baselines are measured by the same judge."""

import pytest

from harmonium import train


def recipe(**stage):
    layers = [
        {"type": "conv2d", "out_channels": 6, "kernel_size": 4},
        "relu",
        {"type": "max_pool2d", "kernel_size": 2},
        {"type": "conv2d", "out_channels": 8, "kernel_size": 4, "stride": 2},
        "relu",
        "flatten",
        {"type": "linear", "out_features": 1},
    ]
    window = {"type": "net", "shape": [1, 19, 19], "outputs": "probabilities", "layers": layers}
    return {
        "version": 1,
        "name": "small",
        "threads": 1,
        "data": {
            "source": {"type": "cluttered_scenes", "rows": 60, "test": 20, "clutter": 0},
            "validation": 0.2,
        },
        "model": {
            "type": "sliding_window",
            "shape": [1, 96, 128],
            "window": window,
            "overlap": 0.3,
        },
        "train": {"type": "detection", "epochs": 12, **stage},
        "judge": ["detection"],
        "compare": [{"type": "template_matching"}, {"type": "linear_windows", "max_iter": 30}],
    }


def test_digits_are_found_better_than_before_learning(tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.report.write_run", lambda *_, **__: None)
    settings = recipe(optimiser={"type": "adam", "lr": 1e-2})
    run = train(settings, output=tmp_path)
    methods = run.results["trials"][0]["methods"]
    own = methods["sliding_window"]["detection_precision"]
    with_few = {**settings, "train": {**settings["train"], "epochs": 1}, "compare": []}
    few = train(with_few, output=tmp_path).results["trials"][0]["methods"]["sliding_window"]
    assert own > 0.5
    assert own > few["detection_precision"] + 0.1
    for name in ("template_matching", "linear_windows"):
        assert 0 < methods[name]["detection_precision"] < 1
    losses = [row["val/loss"] for row in run.metrics() if "val/loss" in row]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"far": 0.8}, "far is 0.8 and near 0.7"),
        ({"hardest": 65}, "hardest is 65, of 64 candidates"),
        ({"candidates": 10000}, "10000 windows of a scene, which has"),
    ],
)
def test_settings_that_do_not_fit_are_refused(changes, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        train(recipe(**changes), output=tmp_path)


def test_rows_without_boxes_are_refused(tmp_path):
    layers = ["flatten", {"type": "linear", "out_features": 1}]
    window = {"type": "net", "shape": [1, 5, 5], "outputs": "probabilities", "layers": layers}
    model = {"type": "sliding_window", "shape": [1, 8, 8], "window": window}
    with pytest.raises(ValueError, match="digits: its rows have no boxes"):
        train({**recipe(), "data": {"source": "digits"}, "model": model}, output=tmp_path)
