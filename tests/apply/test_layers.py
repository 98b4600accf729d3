"""The graph of a recipe's net as a file."""

import pytest

from harmonium.apply import draw_layers
from harmonium.describe import load


def test_the_picture_is_a_vector_drawing_and_the_same_each_time(tmp_path):
    recipe = load("digits_convnet")
    first = draw_layers(recipe, tmp_path / "a.svg").read_text()
    assert first.startswith("<?xml")
    assert "<svg" in first
    assert draw_layers(recipe, tmp_path / "b.svg", depth=1).stat().st_size > 1000


def test_a_model_that_is_not_described_by_layers_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the model mlp is not described by its layers"):
        draw_layers(load("digits_mlp"), tmp_path / "a.svg")
