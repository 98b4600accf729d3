"""The shape of the input, and remarks about pictures."""

import pytest

from harmonium.caffe.input import notes_of, shape_of
from harmonium.caffe.text import parse_text
from harmonium.errors import DataError


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 9", (3, 8, 9)),
        ("input_shape { dim: [1, 3, 8, 9] }", (3, 8, 9)),
        ("input_param { shape { dim: 10 dim: 4 } }", (4,)),
        ("transform_param { crop_size: 227 }", (3, 227, 227)),
        ("", None),
    ],
)
def test_forms_of_the_shape(text, shape):
    assert shape_of(parse_text(text)) == shape


@pytest.mark.parametrize("dims", ["1, 0, 3", "1, -1, 3", "5", "1, 100000, 100000"])
def test_absurd_shapes_are_refused(dims):
    with pytest.raises(DataError, match="input of shape"):
        shape_of(parse_text(f"input_shape {{ dim: [{dims}] }}"))


def test_what_caffe_does_to_pictures_is_said():
    text = "transform_param { scale: 0.00390625 mean_value: 104 mean_value: 117 }"
    mean, scale = notes_of(parse_text(text))
    assert "[104, 117]" in mean
    assert "divides by 256" in scale
