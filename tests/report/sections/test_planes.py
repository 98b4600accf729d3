"""Planes of a neocognitron: names, sizes and values of what is drawn."""

import pytest
import torch

from harmonium.data import digits, moved_digits
from harmonium.models import adapted
from harmonium.nets import Autoencoder, Neocognitron
from harmonium.report.evidence import Evidence
from harmonium.report.sections.planes import ENTRY, section


def evidence(net, data):
    found = Evidence(None, data=data)
    found.__dict__["models"] = {"machine": adapted(net)}
    found.__dict__["recipe"] = {}
    return found


@pytest.fixture(scope="module")
def seen():
    data = moved_digits(10, test=6)
    net = Neocognitron([1, 32, 32], 5, planes=(8, 12), kernels=(5, 5), selectivity=(3.0, 2.0))
    net.prepare(data.train.x)
    return evidence(net, data)


def test_cells_are_named_and_pooled_from_each_other(seen):
    net = seen.models["machine"].net
    x = seen.data.test.x
    cells = net.cells(x)
    assert [*cells] == ["contrasts", "S1", "C1", "S2", "C2"]
    assert [cells[name].shape[1:] for name in ("C1", "S2", "C2")] == [
        (8, 16, 16),
        (12, 16, 16),
        (12, 1, 1),
    ]
    assert torch.equal(cells["S2"], net.detect(1, cells["C1"]))
    assert torch.equal(cells["C2"].flatten(1), net.features(x))


def test_a_sheet_for_each_picture_with_a_line_for_each_layer(seen):
    words, *pictures = section(seen).parts
    assert "6 test rows" in words
    assert len(pictures) == 2
    for picture in pictures:
        (axes,) = picture.figure.axes
        lines = [text.get_text() for text in axes.texts]
        assert "S1\n(8 of 32 x 32)" in lines
        assert "C2\n(12 of 1 x 1)" in lines
    assert picture.caption == "test row 1"


def test_other_models_have_none():
    found = evidence(Autoencoder([64, 4]), digits().dataset())
    assert ENTRY.section(found) is None
    assert not found.left_out
