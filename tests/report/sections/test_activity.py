"""Hidden activity: the dead and the saturated are counted as such."""

import pytest
import torch

import harmonium as hm
from harmonium.data import DataSet, Split
from harmonium.models import adapted
from harmonium.random import seeded
from harmonium.report.evidence import Evidence
from harmonium.report.sections.activity import ENTRY, section


def seen(hidden, *, biases):
    graph = hm.rbm(4, hidden, std=0.0)
    with torch.no_grad():
        graph.units["h"].bias.copy_(torch.tensor(biases))
    x = torch.rand(30, 4, generator=torch.Generator().manual_seed(0))
    found = Evidence(None, data=DataSet("toy", Split(x), shape=(2, 2)))
    found.__dict__ |= {"models": {"machine": adapted(graph)}, "recipe": {}}
    return found


def test_dead_saturated_and_active_units_are_counted():
    found = section(seen(4, biases=[-9.0, 9.0, 0.0, 1.0]))
    picture, _, table = found.parts
    layer, units, dead, full, _, active = table.rows[0]
    assert (layer, units, dead, full, active) == ("hidden units", 4, 1, 1, 0.5)
    assert picture.alt == "hidden units: mean activity of 4 of 4 units by 30 rows"


def test_units_that_are_no_probabilities_are_signed_and_only_dead():
    found = section(seen(hm.Gaussian(2), biases=[-3.0, 2.0]))
    picture, _, table = found.parts
    assert table.rows[0][1:4] == [2, 2, None]
    low, high = picture.figure.axes[0].images[0].get_clim()
    assert low == -high


def test_rectified_units_are_dead_where_they_are_never_above_zero():
    with seeded(0):
        net = hm.nets.MLP([4, 6, 2], activation="relu")
    with torch.no_grad():
        net.h1.weight.mul_(0.1)  # all values lie in [0, 1]
        net.h1.bias[:2] = -9.0
        net.h1.bias[2] = 0.01
    x = torch.rand(30, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    found = Evidence(None, data=DataSet("toy", Split(x), shape=(2, 2)))
    found.__dict__ |= {"models": {"machine": adapted(net)}, "recipe": {}}
    *_, table = section(found).parts
    values = net.activities(x)["h1"].detach()
    _, units, dead, full, _, active = table.rows[0]
    assert (units, full) == (6, None)
    assert dead == int((values.max(0).values <= 0).sum()) >= 2
    assert active == float((values > 0).double().mean())


def test_every_layer_of_a_run(evidence):
    found = section(evidence("classifier"))
    assert [row[:2] for row in found.parts[-1].rows] == [["layer 1", 40], ["layer 2", 30]]
    assert ENTRY.section(evidence("failed")) is None


def test_activities_without_a_sign_begin_at_zero():
    from harmonium.nets import MLP

    net = MLP([4, 6, 2])
    with torch.no_grad():
        net.h1.bias.fill_(3.0)
    found = seen(2, biases=[0.0, 0.0])
    found.__dict__ |= {"models": {"machine": adapted(net)}, "recipe": {}}
    picture, *_ = section(found).parts
    low, high = picture.figure.axes[0].images[0].get_clim()
    assert low == 0 < 1 < high
    assert "white is 0" in picture.caption
    assert "negative" not in picture.caption


def test_values_of_the_last_layer_are_a_histogram():
    found = seen(4, biases=[-9.0, 9.0, 0.0, 1.0])
    _, values, _ = section(found).parts
    assert values.alt == "hidden units: histogram of its values"
    (axes,) = values.figure.axes
    counts = axes.patches[0].get_data().values
    assert sum(counts) == pytest.approx(1)
    assert counts[0] == pytest.approx(1 / 4)  # the unit that is always off


def test_means_stand_beside_the_target_of_a_penalty():
    found = seen(4, biases=[-9.0, 9.0, 0.0, 1.0])
    penalty = {"type": "rate", "target": 0.05, "strength": 1.0}
    found.__dict__["recipe"] = {"train": {"type": "reconstruction", "penalties": [penalty]}}
    _, means, _ = section(found).parts
    lines = [line.get_xdata()[0] for line in means.figure.axes[0].lines]
    assert lines[-1] == 0.05
    assert "target of the penalty, 0.05" in means.caption


def test_maps_are_units_and_the_last_layer_is_drawn():
    from harmonium.nets import Net

    conv = {"type": "conv2d", "out_channels": 3, "kernel_size": 3}
    pool = {"type": "max_pool2d", "kernel_size": 2}
    layers = [conv, "relu", pool, "flatten", {"type": "linear", "out_features": 2}]
    with seeded(0):
        net = Net([1, 6, 6], layers)
    with torch.no_grad():
        net.get_submodule("0").weight.abs_()
        net.get_submodule("0").bias[1] = -9.0
    x = torch.rand(30, 36, generator=torch.Generator().manual_seed(0))
    found = Evidence(None, data=DataSet("toy", Split(x), shape=(6, 6)))
    found.__dict__ |= {"models": {"machine": adapted(net)}, "recipe": {}}
    picture, values, table = section(found).parts
    assert picture.alt == "layer 2: mean activity of 3 of 3 maps by 30 rows"
    assert "Values of 3 maps on 30 rows" in values.caption
    assert [row[:3] for row in table.rows] == [["layer 1", 3, 1], ["layer 2", 3, 1]]
    h = net.activities(x)["2"].detach()
    assert table.rows[1][4] == pytest.approx(float(h.mean()))
    means = picture.figure.axes[0].images[0].get_array()
    assert means[2, 7] == pytest.approx(float(h[7, 2].mean()))
