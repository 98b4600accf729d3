"""The section on occlusion: the largest fall in words, and where it is."""

import re

import numpy as np

from harmonium.nets.seeing import occlusion, over_pixels
from harmonium.report.sections.occlusion import section
from harmonium.report.viewed import View
from tests.report.sections.seen import tiles


def test_falls_below_their_pictures(evidence):
    seen = evidence("convnet")
    [picture] = section(seen).parts
    view = View(seen)
    falls = occlusion(view.net, view.x, size=2, value=float(view.x.mean()))
    largest = [float(number) for number in re.findall(r"\): (-?[\d.]+)", picture.alt)]
    np.testing.assert_allclose(largest, falls.amax((1, 2)), rtol=0.01)
    _, good, bad = tiles(picture, 6)
    pixels = over_pixels(falls, (8, 8), size=2)
    size = pixels.abs().amax((1, 2), keepdim=True)
    np.testing.assert_allclose(good - bad, pixels / size, atol=1e-5)
    assert (np.minimum(good, bad) == 0).all()
