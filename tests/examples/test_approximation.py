"""The example draws error against width; the error of the sine falls at least as 1 / width."""

import sys

import numpy as np
import pytest
import torch

from harmonium.data import curve
from harmonium.learning import pieces
from harmonium.nets import MLP


def test_the_page_has_errors_and_fits(example, monkeypatch, tmp_path, capsys):
    file = tmp_path / "page.html"
    monkeypatch.setattr(example, "SEEDS", (0, 1))
    monkeypatch.setattr(sys, "argv", ["approximation.py", "--output", str(file), "--updates", "2"])
    example.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0].rstrip() for line in lines[:4]] == [*example.SERIES]
    page = file.read_text(encoding="utf-8")
    assert page.count("<img") == 2
    assert "Error against width" in page


def test_two_rectified_units_are_the_absolute_value():
    net = MLP([1, 2, 1], outputs="values")
    with torch.no_grad():
        net.h1.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        net.outputs.weight.fill_(1)
    data = curve("abs")
    assert torch.equal(net(data.test.x), data.test.y)


def test_straight_pieces_fall_with_the_square_of_their_number(example):
    """Root mean square error of interpolation: h^2 / sqrt(120) times the sine's curvature."""
    for width in (7, 15, 31, 63):
        h = 2 * np.pi / (width + 1)
        assert example.equal_pieces(width) == pytest.approx(h**2 / np.sqrt(120), rel=0.06)


@pytest.mark.slow
def test_the_error_of_the_sine_falls_with_the_width(example):
    """Measured: slope -1.3 up to 16 units; .56 of the spread at one unit, .022 at 16."""
    wide = (1, 4, 16)
    means = []
    for width in wide:
        found = [
            example.trained("sine", "relu", width=width, seed=seed, updates=2000)
            for seed in example.SEEDS
        ]
        assert all(pieces(net[:-1], low=-1, high=1).count <= width + 1 for net, _ in found)
        means.append(np.mean([error for _, error in found]))
    assert np.polyfit(np.log(wide), np.log(means), 1)[0] < -1
    assert means[-1] < 0.05
