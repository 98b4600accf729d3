"""The section of a described net shows its layers; other models have none."""

from types import SimpleNamespace

from harmonium.models import adapted
from harmonium.nets import MLP, Net
from harmonium.report.page import Picture
from harmonium.report.sections.layers import section
from harmonium.report.tables import Table


def evidence(net):
    return SimpleNamespace(models={"machine": adapted(net)})


def test_a_table_and_a_picture():
    layers = [
        {"type": "conv2d", "name": "conv", "out_channels": 2, "kernel_size": [3, 1]},
        "flatten",
        {"type": "linear", "out_features": 3},
    ]
    made = section(evidence(Net([1, 6, 6], layers)))
    table, picture = made.parts
    assert made.title == "Layers"
    assert isinstance(table, Table)
    assert isinstance(picture, Picture)
    assert table.rows[0] == ["conv", "conv2d", "2 x 4 x 6", 8, 144, "3 x 1"]
    assert table.rows[2] == ["2", "linear", "3", 147, 144, "6"]


def test_other_models_have_no_layers_to_show():
    assert section(evidence(MLP([4, 3]))) is None
