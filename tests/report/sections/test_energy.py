"""Free energy: the gap told is the mean difference, and noise is called noise."""

import re

import pytest
import torch

from harmonium.report.sections.energy import ENTRY, _meaning, section


def test_the_gap_is_the_mean_difference_of_free_energies(evidence):
    seen = evidence("energy")
    told, picture = section(seen).parts
    graph = seen.models["machine"].machine
    with torch.no_grad():
        free = [graph.free_energy({"v": s.x}, ("h",)) for s in (seen.data.train, seen.data.test)]
    gap = float(free[1].mean() - free[0].mean())
    size, side = re.match(
        r"The mean free energy of test rows is ([\d.]+) ± [\d.]+ nats (higher|lower)", told
    ).groups()
    assert float(size) == pytest.approx(abs(gap), abs=0.006)
    assert side == ("higher" if gap > 0 else "lower")
    assert picture.caption.startswith("Histograms of free energy of 1000 training, 500 test rows")


def test_of_a_stack_it_is_the_first_layers(evidence):
    assert "the first layer's free energy" in section(evidence("classifier")).parts[1].caption


def test_what_a_gap_means():
    assert "within the noise" in _meaning(0.1, 0.2)
    assert "the more over-fitting" in _meaning(1.0, 0.2)
    assert "easier rows" in _meaning(-1.0, 0.2)


def test_nothing_without_held_out_rows_or_machine(evidence):
    seen = evidence("energy")
    train_only = type(seen.data)(**{**vars(seen.data), "validation": None, "test": None})
    assert ENTRY.section(evidence("energy", data=train_only)) is None
    assert ENTRY.section(evidence("failed")) is None
