"""Found objects: a net that answers to bright squares, in scenes of bright squares."""

import pytest
import torch

from harmonium.data import Boxes, DataSet, Examples, Picture, digits
from harmonium.models import adapted
from harmonium.nets import Autoencoder, Net, SlidingWindow
from harmonium.random import seeded
from harmonium.report.evidence import Evidence
from harmonium.report.sections.found_objects import ENTRY, section


def evidence(net, data):
    found = Evidence(None, data=data)
    found.__dict__["models"] = {"machine": adapted(net)}
    found.__dict__["recipe"] = {}
    return found


@pytest.fixture
def seen():
    """Two scenes: in the first one of two objects is too dark; the second has no object."""
    with seeded(0):
        layers = ["flatten", {"type": "linear", "out_features": 1}]
        window = Net([1, 8, 8], layers, outputs="probabilities")
    inner = torch.nn.functional.pad(torch.ones(6, 6), (1, 1, 1, 1))
    weight = torch.where(inner > 0, 0.5, -1.0)
    window.load_state_dict({"1.weight": weight.view(1, 64), "1.bias": torch.tensor([-9.0])})
    x = torch.zeros(2, 24, 30)
    x[0, 2:8, 3:9] = 1
    x[0, 12:18, 20:26] = 0.3
    x[1, 5:11, 7:13] = 1.05
    boxes = torch.zeros(2, 2, 4)
    boxes[0] = torch.tensor([[2.0, 1, 10, 9], [19, 11, 27, 19]])
    rows = Examples({"x": x.flatten(1), "boxes": boxes.flatten(1)})
    columns = {"x": Picture((1, 24, 30)), "boxes": Boxes((2, 4))}
    bright = Examples(
        {"x": 0.95 * x[:1].flatten(1), "boxes": boxes[:1, :1].repeat(1, 2, 1).flatten(1)}
    )
    bright.columns["boxes"][:, 4:] = 0  # training scenes: bright squares only
    data = DataSet("squares", bright, test=rows, columns=columns)
    return evidence(SlidingWindow([1, 24, 30], window, scales=[1.0]), data)


def test_boxes_are_counted_as_found_missed_and_wrong(seen):
    picture, table = section(seen).parts
    assert (
        picture.alt == "2 test scenes with the boxes that were found, and those that were missed"
    )
    words = [text.get_text() for text in picture.figure.texts]
    assert words == ["1 of 2 found, 0 wrong", "0 of 0 found, 1 wrong"]
    assert table.rows[0] == ["0.5", 0.5, 0.5, 0.5]
    assert "at least 1.000" in picture.caption
    assert "2 test scenes with 2 objects" in table.caption


def test_other_models_have_none():
    found = evidence(Autoencoder([64, 4]), digits().dataset())
    assert ENTRY.section(found) is None
    assert not found.left_out
