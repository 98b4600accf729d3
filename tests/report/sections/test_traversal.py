"""Each number of the code alone: from one quantile to the other, the rest in the middle."""

import numpy as np
import pytest
import torch

from harmonium.report.sections import traversal
from harmonium.report.sections.traversal import ENTRY, section


def tiles(picture):
    return [np.asarray(image.get_array()) for image in picture.figure.axes[0].images]


@pytest.fixture
def seen(evidence):
    def see(name):
        found = evidence(name)
        found.read_data()
        return found

    return see


def test_the_first_line_is_the_number_that_varies_most(seen):
    found = seen("coder")
    (picture,) = section(found).parts
    net = found.models["machine"].net
    codes = net.encode(found.data.train.x.flatten(1)).detach()
    k = int(codes.std(0).argmax())
    low, high = codes[:, k].double().quantile(torch.tensor([0.05, 0.95]).double())
    shown = tiles(picture)
    assert len(shown) == 5 * 9
    for tile, value in ((shown[0], low), (shown[8], high)):
        code = codes.mean(0)
        code[k] = value
        row = net.decode(code[None]).detach().view(8, 8).numpy()
        np.testing.assert_allclose(tile, row, atol=1e-5)
    assert picture.figure.axes[0].texts[0].get_text() == f"number {k}"


def test_a_code_with_a_prior_moves_over_the_quantiles_of_the_prior(seen):
    found = seen("drawn")
    (picture,) = section(found).parts
    net, shown = found.models["machine"].net, tiles(picture)
    middle = net.decode(torch.zeros(1, 4)).detach().view(8, 8).numpy()
    np.testing.assert_allclose(shown[4], middle, atol=1e-5)
    k = int(picture.figure.axes[0].texts[0].get_text().split()[1])
    code = torch.zeros(1, 4)
    code[0, k] = -1.6448536
    np.testing.assert_allclose(shown[0], net.decode(code).detach().view(8, 8).numpy(), atol=1e-4)
    assert "of its prior" in picture.caption


def test_a_number_that_never_changes_has_no_line(seen):
    found = seen("coder")
    net = found.models["machine"].net
    try:
        kept = net.encoder.h2.weight.data.clone(), net.encoder.h2.bias.data.clone()
        net.encoder.h2.weight.data[1:] = 0
        (picture,) = section(found).parts
        assert picture.alt.endswith("a line for each of 1 numbers")
        net.encoder.h2.weight.data[:] = 0
        assert "no number of the code changes" in section(found)
    finally:
        net.encoder.h2.weight.data, net.encoder.h2.bias.data = kept


def test_no_more_than_ten_lines(seen, monkeypatch):
    monkeypatch.setattr(traversal, "_NUMBERS", 3)
    (picture,) = section(seen("coder")).parts
    assert len(tiles(picture)) == 27
    assert picture.caption.startswith("3 of 5 numbers of the code, counted from 0")


def test_only_models_that_decode_have_it(evidence):
    found = evidence("classifier")
    assert ENTRY.section(found) is None
    assert not found.left_out
