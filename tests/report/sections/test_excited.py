"""What excites units: the patches are those of the highest activities; made pictures excite."""

import numpy as np
import pytest
import torch

from harmonium.nets.seeing import activation_maps
from harmonium.report.sections.excited import deepest, found_patches, parts, section
from harmonium.report.viewed import View
from tests.report.sections.seen import tiles


def test_patches_and_made_pictures(evidence):
    layer = "pool1"
    view = View(evidence("convnet"), layer=layer)
    patches, made = parts(view)
    h = activation_maps(view.net, view.split.x.reshape(-1, 1, 8, 8), layers=[layer])[layer]
    assert "4 x 4 pixels" in patches.caption
    lines = tiles(patches, 9)
    best, window = found_patches(view, layer)
    for k, unit in enumerate(best.units.tolist()):
        row = int(best.rows[k, 0])
        assert h[row, unit].max().item() == pytest.approx(h[:, unit].max().item())
        i, j = divmod(int(h[row, unit].argmax()), 4)
        whole = np.pad(
            view.split.x[row].reshape(8, 8), 1
        )  # the first unit begins one pixel before
        np.testing.assert_allclose(lines[k, 0], whole[2 * i : 2 * i + 4, 2 * j : 2 * j + 4])
    assert window.size == (4, 4)
    pictures = torch.from_numpy(tiles(made, len(best.units))[0])[:, None].float()
    own = activation_maps(view.net, pictures, layers=[layer])[layer]
    active = own[torch.arange(len(own)), best.units, 2, 2]
    assert (active > h[:, best.units].mean((0, 2, 3))).all()


def test_the_layer_is_the_last_whose_units_see_a_part(evidence):
    seen = evidence("convnet")
    assert deepest(View(seen)) == "4"  # each of its units sees 7 x 7 of the 8 x 8 pixels
    assert [part.alt[-7:] for part in section(seen).parts] == ["layer 4"] * 2
    assert section(evidence("classifier")) is None
