"""Arrays of any origin, no global state, colours that can be told apart."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from harmonium.report.style import DPI, PALETTE, array, blank, chart

DRAW = """
import sys
from harmonium.report import curves
assert "matplotlib" not in sys.modules and "torch" not in sys.modules
curves({"a": [1, 2]})
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.mark.parametrize(
    "values",
    [
        [1, 2.5],
        (1, 2.5),
        np.array([1, 2.5], dtype=np.float32),
        torch.tensor([1, 2.5], requires_grad=True),
        torch.tensor([1, 2.5], dtype=torch.bfloat16),
    ],
)
def test_array_takes_every_origin(values):
    assert array(values).tolist() == [1.0, 2.5]
    assert array(values).dtype == np.float64


def test_a_figure_has_the_size_asked_for():
    assert blank(3.0, 2.0).canvas.get_width_height() == (3 * DPI, 2 * DPI)


def test_a_chart_is_white_whatever_the_users_style():
    import matplotlib as mpl

    with mpl.rc_context({"figure.facecolor": "black", "axes.facecolor": "black"}):
        figure, axes = chart(2, 2, title="A title")
    assert figure.get_facecolor() == axes.get_facecolor() == (1, 1, 1, 1)
    assert figure.get_suptitle() == "A title"


def test_lines_stand_out_from_white_paper():
    for colour in PALETTE:
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
        assert 1.05 / (luminance + 0.05) > 2.2, colour


def test_reports_are_cheap_to_import_and_never_touch_pyplot():
    done = subprocess.run(
        [sys.executable, "-c", DRAW], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
