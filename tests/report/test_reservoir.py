"""The picture of a reservoir through time."""

import numpy as np
import pytest

from harmonium.errors import UsageError
from harmonium.report.reservoir import reservoir_picture

RNG = np.random.default_rng(0)
FOUND = {"units": RNG.normal(size=(12, 30)), "outputs": RNG.normal(size=(12, 3))}
SERIES = RNG.normal(size=(12, 2))


def test_units_are_lines_and_spikes_are_dots_at_their_steps():
    figure = reservoir_picture(SERIES, FOUND, names=["a", "b", "c"])
    above, middle, below = figure.axes
    assert (len(above.lines), len(middle.lines), len(below.lines)) == (2, 8, 3)
    winner = "abc"[int(FOUND["outputs"][-1].argmax())]
    assert below.lines[0].get_label() == winner
    spikes = RNG.random((60, 30)) < 0.2
    figure = reservoir_picture(SERIES, {**FOUND, "spikes": spikes}, names=["a", "b", "c"])
    times, units = figure.axes[1].lines[0].get_data()
    assert len(times) == spikes.sum()
    assert 0.5 < times.min() < times.max() < 12.5
    assert sorted(set(units)) == list(range(30))


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="a row for each frame, and a name for each output"):
        reservoir_picture(SERIES[:5], FOUND, names=["a", "b", "c"])
    with pytest.raises(UsageError, match="a name for each output"):
        reservoir_picture(SERIES, FOUND, names=["a"])
