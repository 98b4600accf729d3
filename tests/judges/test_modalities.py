"""Labels inferred from other kinds of data, and from some of them."""

from types import SimpleNamespace

import pytest
import torch

from harmonium import multimodal_dbm
from harmonium.data import DataSet, Joined, Numbers, Split
from harmonium.judges.modalities import Modalities, shown_part
from harmonium.models import adapted


def rows(n):
    """Pictures of one bright pixel of 4; labels 2k and 2k + 1 go with pixel k."""
    k = torch.arange(n) % 4
    pixel = torch.eye(4)[k]
    return torch.cat([pixel, pixel.repeat_interleave(2, 1)], 1)


def told(weight, n=40):
    """A machine whose four joint units join a pixel with its two labels."""
    graph = multimodal_dbm({"picture": [4], "words": [8]}, 4)
    with torch.no_grad():
        for e, size in zip(graph.edges, (1, 2), strict=True):
            eye = torch.eye(4).repeat_interleave(size, 1)
            e.connection.weight.copy_(weight * (2 * eye - 0.5))
        for units in graph.units.values():
            units.bias.fill_(-weight / 2)
    kind = Joined({"picture": Numbers((4,)), "words": Numbers((8,))})
    data = DataSet("toy", Split(rows(n)), test=Split(rows(12)), columns={"x": kind})
    model = adapted(graph)
    return SimpleNamespace(data=data, able=lambda *_: model)


def test_a_machine_that_knows_the_pairs_ranks_them_first_and_another_does_not():
    figures = Modalities(k=2)(told(6.0))
    assert figures["generated_map"] == figures["generated_precision"] == 1.0
    assert figures["joint_map"] == figures["labels_map"] == figures["others_map"] == 1.0
    assert figures["prior_map"] < 0.6
    assert figures["rows"] == 12
    assert Modalities(k=2)(told(0.0))["generated_map"] < 0.6


def test_shown_labels_are_a_share_of_each_row():
    true = torch.rand(50, 20) < 0.4
    shown = shown_part(true, 0.5)
    assert bool((shown <= true).all())
    assert torch.equal(shown.sum(1), true.sum(1) // 2)
    assert torch.equal(shown, shown_part(true, 0.5))


def test_refusals():
    with pytest.raises(ValueError, match="no part 'tags' in a row: picture, words"):
        Modalities(part="tags")(told(1.0))
    with pytest.raises(ValueError, match="no test row has labels to show and to hide"):
        Modalities(shown=0.0)(told(1.0))
