"""The gates of a tree-LSTM."""

import torch

from harmonium.nets.trees.lstm import Gates
from harmonium.random import seeded

SIZE = 3


def gates(**biases):
    """Gates without weights; biases of i, left, right, o and u."""
    with seeded(0):
        made = Gates(SIZE).double()
    order = ("i", "left", "right", "o", "u")
    with torch.no_grad():
        made.matrix.zero_()
        made.bias.copy_(
            torch.tensor([biases.get(name, 0.0) for name in order]).repeat_interleave(SIZE)
        )
    return made


def test_open_gates_add_the_memories_of_both_children():
    both = torch.randn(5, 4 * SIZE, generator=torch.Generator().manual_seed(0)).double()
    state = gates(i=-40.0, left=40.0, right=40.0, o=40.0)(both)
    left, right = both[:, SIZE : 2 * SIZE], both[:, 3 * SIZE :]
    assert torch.allclose(state[:, SIZE:], left + right)
    assert torch.allclose(state[:, :SIZE], (left + right).tanh())


def test_each_child_has_a_gate_of_its_own():
    both = torch.randn(5, 4 * SIZE, generator=torch.Generator().manual_seed(0)).double()
    state = gates(i=-40.0, left=-40.0, right=40.0)(both)
    assert torch.allclose(state[:, SIZE:], both[:, 3 * SIZE :])


def test_gates_of_both_memories_start_open():
    with seeded(0):
        bias = Gates(SIZE).bias
    assert bias.tolist() == [0.0] * SIZE + [1.0] * 2 * SIZE + [0.0] * 2 * SIZE
