"""Rows that a memory stores: those with a label, or all."""

import torch

from harmonium.data import DataSet, Split
from harmonium.stages.memories import drawn, memory_and_rows
from tests.stages import small
from tests.stages.test_associate import SECTIONS


def partly():
    x = (torch.arange(60 * 6).reshape(60, 6) % 7 > 3).float()
    y = torch.tensor([0, 1, -1] * 20)
    return DataSet("partly", Split(x, y), shape=(6,), classes=("a", "b"))


def test_only_a_memory_of_classes_needs_labels():
    trial = small.one(**SECTIONS, data=partly())
    model, rows = memory_and_rows(trial, name="train")
    assert len(rows) == 40
    assert drawn(model) is model
    square = {"type": "linear_memory", "inputs": 6, "outputs": 6, "recalls": "rows"}
    trial = small.one(**{**SECTIONS, "model": square}, data=partly())
    model, rows = memory_and_rows(trial, name="train")
    assert len(rows) == 60
    assert drawn(model) is None
