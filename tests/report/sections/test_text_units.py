"""The section of hidden units over a text."""

import torch

from harmonium.report.page import Picture
from harmonium.report.sections.text_units import ENTRY, section, slowest
from tests.report.sections.test_texts import seen


def test_a_picture_of_units():
    (picture,) = section(seen()).parts
    assert isinstance(picture, Picture)
    assert "hidden units" in picture.alt
    (axes,) = picture.figure.axes
    assert len(axes.patches) >= 6 * 200


def test_slow_units_come_first_and_constant_ones_last():
    t = torch.arange(200.0)
    values = torch.stack([t.mul(2).sin(), t.mul(0.05).sin(), torch.ones(200), t.mul(0.5).sin()], 1)
    assert slowest(values, 3).tolist() == [1, 3, 0]


def test_other_data_have_no_such_section(evidence):
    assert ENTRY.section(evidence("classifier")) is None
