"""Views: which rows, what the net reads and decides; reasons where there is none."""

import pytest
import torch

from harmonium.report.viewed import KERNELS, NEEDS, View, of_net, unit


def test_the_first_row_of_each_class(evidence):
    view = View(evidence("convnet"))
    y = view.split.y
    assert view.name == "test"
    assert y[view.chosen].tolist() == [0, 1, 2, 3, 4, 5]
    assert all(not (y[:row] == y[row]).any() for row in view.chosen)
    assert view.x.shape == (6, 1, 8, 8)
    assert view.x.flatten(1).equal(view.split.x[view.chosen])
    best, words = view.decisions()
    assert best.equal(view.net(view.x).argmax(1))
    assert words[3].startswith(f"3 → {int(best[3])} (")
    assert view.stages() == ("1", "pool1", "4")
    assert view.layer_words("pool1") == "pool1 (MaxPool2d)"


def test_rows_and_layers_that_are_asked_for(evidence):
    seen = evidence("convnet")
    view = View(seen, rows=(7, 3), layer="conv2")
    assert view.x.flatten(1).equal(view.split.x[[7, 3]])
    assert view.stages() == ("conv2",)
    for rows in ((500,), (-1,), ()):
        with pytest.raises(ValueError, match="choose from 0 to 499"):
            View(seen, rows=rows).x  # noqa: B018


def test_only_nets_with_convolutions_have_such_sections(evidence):
    assert of_net(evidence("classifier"), "Maps", parts=lambda _: ["?"]) is None
    assert of_net(evidence("convnet"), "Maps", parts=lambda _: ["?"]).parts == ["?"]
    without = evidence("convnet", data=None)
    assert of_net(without, "Maps", parts=lambda _: ["?"], needs=NEEDS) == (
        "the data of the run cannot be read here"
    )
    assert of_net(without, "Kernels", parts=lambda _: ["?"], needs=KERNELS).title == "Kernels"


def test_unit():
    x = torch.tensor([[[1.0, -4.0]], [[0.0, 0.0]]])
    assert unit(x).tolist() == [[0.25, -1.0], [0.0, 0.0]]
