"""Steps between two rows: by codes and by pixels, between rows of two classes."""

import numpy as np
import pytest

from harmonium.report.sections.interpolation import ENTRY, section


@pytest.fixture
def seen(evidence):
    found = evidence("coder")
    found.read_data()
    return found


def test_the_ends_are_the_reconstructions_and_the_rows(seen):
    (picture,) = section(seen).parts
    shown = [np.asarray(image.get_array()) for image in picture.figure.axes[0].images]
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    assert len(shown) == 8 * len(words) == 8 * 8
    assert words[:4] == ["0 to 5", "pixels", "1 to 6", "pixels"]
    y, x = seen.data.test.labels, seen.data.test.x.flatten(1)
    net = seen.models["machine"].net
    for digit, place in ((0, 0), (5, 7)):
        row = x[int((y == digit).nonzero()[0])]
        again = net.reconstruct(row[None]).detach().view(8, 8).numpy()
        np.testing.assert_allclose(shown[place], again, atol=1e-5)
        np.testing.assert_allclose(shown[8 + place], row.view(8, 8).numpy(), atol=1e-6)


def test_the_middle_of_pixels_is_the_mean_of_both(seen):
    (picture,) = section(seen).parts
    pixels = [np.asarray(image.get_array()) for image in picture.figure.axes[0].images[8:16]]
    np.testing.assert_allclose(pixels[3] + pixels[4], pixels[0] + pixels[7], atol=1e-6)


def test_rows_without_classes_are_paired_by_position(seen):
    data = seen.data.each(lambda s: type(s)({"x": s.x}, kinds={"x": s.kinds["x"]}))
    seen.data = data
    (picture,) = section(seen).parts
    words = [text.get_text() for text in picture.figure.axes[0].texts]
    assert words[0] == "0 to 250"


def test_only_models_that_decode_have_it(evidence):
    found = evidence("classifier")
    assert ENTRY.section(found) is None
    assert not found.left_out
    assert ENTRY.section(evidence("table")) is None
