"""The deconvolution view of a unit of the first layer is its kernel, turned back."""

import numpy as np

from harmonium.report.sections.deconvolved import parts, section
from harmonium.report.sections.excited import found_patches
from harmonium.report.viewed import View
from tests.report.sections.seen import tiles


def test_a_unit_of_the_first_layer_goes_back_to_its_kernel(evidence):
    view = View(evidence("convnet"), layer="1")
    [picture] = parts(view)
    lines = tiles(picture, 9)
    assert lines.shape == (8, 9, 3, 3)
    best, _ = found_patches(view, "1")
    kernel = view.net.get_submodule("conv1").weight.detach()[best.units[0], 0]
    inside = [(best.places[0, k] % 7 != 0).all().item() for k in range(9)]
    assert any(inside)
    for k in np.flatnonzero(inside):
        expected = 0.5 + 0.5 * kernel / kernel.abs().max()
        np.testing.assert_allclose(lines[1, k], expected, atol=1e-5)


def test_the_section(evidence):
    made = section(evidence("convnet"))
    assert made.title == "Deconvolution view"
    assert "units of layer 4 (ReLU)" in made.parts[0].caption
    assert section(evidence("classifier")) is None
