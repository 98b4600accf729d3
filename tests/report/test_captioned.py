"""Pictures with texts beside them."""

import numpy as np
import pytest

from harmonium.report.captioned import captioned


def test_every_picture_has_its_texts_beside_it():
    rows = np.linspace(0, 1, 3 * 12).reshape(3, 12)
    texts = [{"written": f"text {k}", "data": "a " * 60} for k in range(3)]
    figure = captioned(rows, (3, 2, 2), texts=texts)
    assert len(figure.axes) == 3
    for row, axes in zip(rows, figure.axes, strict=True):
        (image,) = axes.images
        np.testing.assert_allclose(image.get_array(), row.reshape(3, 2, 2).transpose(1, 2, 0))
    shown = {text.get_text(): text for text in figure.texts}
    for k, axes in enumerate(figure.axes):
        box, text = axes.get_position(), shown[f"text {k}"]
        assert text.get_position()[0] > box.x1
        assert box.y0 < text.get_position()[1] < box.y1


def test_grey_pictures_are_drawn_too():
    figure = captioned(np.eye(4), (2, 2), texts=[{"a": "b"}] * 4)
    assert figure.axes[0].images[0].get_array().shape == (2, 2)


def test_another_number_of_texts_is_refused():
    with pytest.raises(ValueError, match="2 pictures, but 1 texts"):
        captioned(np.zeros((2, 4)), (2, 2), texts=[{}])
