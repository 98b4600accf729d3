"""The deep Q-networks: exact counts and shapes."""

import pytest
import torch

from harmonium.nets.architectures import dqn2013, dqn2015
from harmonium.random import seeded
from tests.nets.architectures.counted import count, outlined


@pytest.mark.parametrize(
    ("make", "actions", "parameters"),
    [
        (dqn2013, 6, 677_686),
        (dqn2015, 4, 1_686_180),
        (dqn2015, 6, 1_687_206),
        (dqn2015, 18, 1_693_362),
    ],
)
def test_counts_are_exact(make, actions, parameters):
    net = outlined(make, actions=actions)
    assert count(net) == parameters
    assert net.output_kind == "values"


def test_the_maps_are_those_of_the_papers():
    found = {node.name: node.shape for node in outlined(dqn2013).nodes}
    assert (found["conv1"], found["conv2"], found["hidden"]) == ((16, 20, 20), (32, 9, 9), (256,))
    found = {node.name: node.shape for node in outlined(dqn2015).nodes}
    assert (found["conv2"], found["conv3"], found["hidden"]) == ((64, 9, 9), (64, 7, 7), (512,))


@torch.no_grad()
def test_a_smaller_game_gives_one_value_for_each_move():
    with seeded(0):
        net = dqn2013(actions=3, shape=(2, 36, 36)).eval()
    assert net(torch.zeros(5, 2, 36, 36)).shape == (5, 3)
