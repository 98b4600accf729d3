"""The section on saliency: pictures, and below each the sizes of its gradient."""

import numpy as np

from harmonium.nets.seeing import saliency
from harmonium.report.sections.saliency import section
from harmonium.report.viewed import View
from tests.report.sections.seen import tiles


def test_gradients_below_their_pictures(evidence):
    seen = evidence("convnet")
    [picture] = section(seen).parts
    view = View(seen)
    above, below = tiles(picture, 6)
    np.testing.assert_allclose(above, view.x[:, 0], atol=1e-6)
    size = saliency(view.net, view.x)[:, 0].abs()
    np.testing.assert_allclose(below, size / size.amax((1, 2), keepdim=True), atol=1e-5)
    assert section(evidence("classifier")) is None
