"""The Inception module against its formula, its counts and its names."""

import pytest
import torch
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets.inception import ConvolvedUnits, Inception
from harmonium.random import seeded

WIDTHS = [3, 2, 4, 1, 2, 2]
X = torch.randn(2, 5, 6, 6, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("kernel", [3, 5])
def test_four_branches_are_concatenated_in_the_order_of_the_paper(kernel):
    with seeded(0):
        block = Inception(5, WIDTHS, large_kernel=kernel, norm=None)
    state = block.state_dict()

    def units(name, x, pad=0):
        weight, bias = state[f"{name}.conv.weight"], state[f"{name}.conv.bias"]
        return functional.conv2d(x, weight, bias, padding=pad).relu()

    expected = [
        units("branch1", X),
        units("branch2.1", units("branch2.0", X), 1),
        units("branch3.1", units("branch3.0", X), kernel // 2),
        units("branch4.1", functional.max_pool2d(X, 3, 1, 1)),
    ]
    assert [part.shape[1] for part in expected] == [3, 4, 2, 2]
    torch.testing.assert_close(block(X), torch.cat(expected, 1))
    assert state["branch3.1.conv.weight"].shape[-1] == kernel


def test_batch_normalisation_takes_the_place_of_the_bias():
    plain, normed = Inception(5, WIDTHS, norm=None), Inception(5, WIDTHS)
    convolutions = {f"branch{n}.conv.weight" for n in ("1", "2.0", "2.1", "3.0", "3.1", "4.1")}
    assert {n for n in plain.state_dict() if n.endswith("weight")} == convolutions
    assert {n for n in normed.state_dict() if n.endswith("conv.weight")} == convolutions
    assert "branch2.1.bn.running_var" in normed.state_dict()
    assert not any(n.endswith("conv.bias") for n in normed.state_dict())
    unit = ConvolvedUnits(2, 3, kernel_size=1)
    assert unit.bn.eps == 1e-3  # that of the public checkpoint


def test_the_widths_of_the_papers_table_give_the_papers_maps():
    """Module 3a: 28 x 28 x 192 becomes 256 maps, with 163,328 weights and 368 biases."""
    with torch.device("meta"):
        block = Inception(192, [64, 96, 128, 16, 32, 32], norm=None)
    biases = sum(p.numel() for n, p in block.named_parameters() if n.endswith("bias"))
    assert biases == 368
    assert sum(p.numel() for p in block.parameters()) - biases == 163_328


def test_another_number_of_widths_is_refused():
    with pytest.raises(UsageError, match=r"widths \[64, 96\]: give six"):
        Inception(3, [64, 96])
