"""The strongest patches: the maxima of all maps, and their windows give the same activity."""

import pytest
import torch
from torch import nn

from harmonium.nets.seeing import activation_maps, cut, strongest
from tests.nets.seeing.nets import conv_net, drawn


def test_the_strongest_places_of_all_pictures():
    net, x = conv_net(), drawn(30, 2, 8, 8)
    found = strongest(net, x.split(7), layer="3", count=4)
    h = activation_maps(net, x, layers=["3"])["3"]
    assert found.units.tolist() == [0, 1, 2, 3, 4]
    for unit in range(5):
        best = h[:, unit].flatten(1).amax(1).sort(descending=True)
        torch.testing.assert_close(found.values[unit], best.values[:4], atol=1e-12, rtol=0)
        assert found.rows[unit].tolist() == best.indices[:4].tolist()
        for row, (i, j), value in zip(
            found.rows[unit], found.places[unit], found.values[unit], strict=True
        ):
            assert h[row, unit, i, j].item() == pytest.approx(value.item(), abs=1e-12)
    some = strongest(net, x.split(7), layer="3", units=[4, 1], count=4)
    assert some.rows.equal(found.rows[[4, 1]])
    dense = strongest(net, [x], layer="6", count=50)
    assert dense.rows.shape == (3, 30)
    assert (dense.places == 0).all()


def test_a_unit_has_on_its_window_alone_the_activity_that_it_has_in_the_picture():
    conv = nn.Conv2d(2, 3, (3, 2), stride=2, padding=1).double()
    net, x = nn.Sequential(conv), drawn(9, 2, 8, 7)
    found = strongest(net, [x], layer="0", count=9)
    for unit in range(3):
        rows, places = found.rows[unit], found.places[unit]
        windows = cut(x[rows], 2 * places - 1, size=(3, 2))
        alone = nn.functional.conv2d(windows, conv.weight, conv.bias)[:, unit, 0, 0]
        torch.testing.assert_close(alone, found.values[unit], atol=1e-12, rtol=0)


def test_refusals():
    x = drawn(2, 2, 8, 8)
    with pytest.raises(ValueError, match="has no unit 5: choose from 0 to 4"):
        strongest(conv_net(), [x], layer="3", units=[5])
    with pytest.raises(ValueError, match="at least one batch"):
        strongest(conv_net(), [], layer="3")
