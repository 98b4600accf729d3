"""The picture of a net's layers: every layer once, and no boxes that overlap."""

from itertools import combinations, pairwise

import pytest

from harmonium.nets import Net
from harmonium.nets.anatomy import anatomy
from harmonium.nets.architectures import lenet5
from harmonium.report.layer_graph import layer_graph

CONV = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}
BRANCHED = [
    {**CONV, "name": "stem"},
    {**CONV, "name": "a"},
    {**CONV, "name": "b", "inputs": "stem"},
    {**CONV, "name": "c"},
    {**CONV, "name": "d", "inputs": "stem"},
    {"type": "add", "name": "join", "inputs": ["a", "c", "d", "stem"]},
    {"type": "add", "name": "shortcut", "inputs": ["join", "stem"]},
]


@pytest.mark.parametrize("net", [lenet5(), Net([1, 6, 6], BRANCHED)], ids=["chain", "branched"])
def test_every_layer_is_named_and_none_covers_another(net):
    figure = layer_graph(anatomy(net))
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert len(texts) == len(net.nodes) + 1
    for node in net.nodes:
        name = node.type if node.name.isdigit() else node.name
        assert any(text.split()[0] == name for text in texts)
    boxes = [patch.get_bbox() for patch in axes.patches]
    assert not [1 for p, q in combinations(boxes, 2) if p.overlaps(q)]
    view = axes.viewLim
    assert all(view.x0 <= box.x0 and box.x1 <= view.x1 for box in boxes)


def test_text_stays_inside_its_box():
    figure = layer_graph(anatomy(Net([1, 6, 6], BRANCHED)))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    for text, patch in zip(axes.texts, axes.patches, strict=True):
        inside, box = text.get_window_extent(), patch.get_window_extent()
        assert box.x0 < inside.x0
        assert inside.x1 < box.x1


def test_lines_join_what_a_layer_reads_and_pass_beside_the_boxes_of_other_rows():
    figure = layer_graph(anatomy(Net([1, 6, 6], BRANCHED)))
    (axes,) = figure.axes
    boxes = [patch.get_bbox() for patch in axes.patches]
    for line in axes.lines:
        xs, ys = line.get_data()
        for (x, y), (u, v) in pairwise(zip(xs, ys, strict=True)):
            middle = ((x + u) / 2, (y + v) / 2)
            assert not any(
                box.x0 < middle[0] < box.x1 and box.y0 + 0.01 < middle[1] < box.y1 - 0.01
                for box in boxes
            )
