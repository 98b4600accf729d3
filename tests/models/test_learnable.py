"""Abilities of learning are methods, too."""

import harmonium as hm
from harmonium.models import adapted
from harmonium.models.learnable import Ancestral, EnergyBased, Layered
from harmonium.nets import SigmoidBeliefNet


def test_a_machine_learns_by_its_energy_and_a_directed_net_from_the_top_down():
    assert isinstance(adapted(hm.rbm(4, 2)), EnergyBased)
    assert not isinstance(adapted(hm.rbm(4, 2)), Ancestral)
    assert isinstance(adapted(SigmoidBeliefNet([4, 2])), Ancestral)


def test_a_stack_has_layers_but_no_energy_of_its_own():
    stack = adapted(hm.belief_net(4, 3, 2))
    assert isinstance(stack, Layered)
    assert not isinstance(stack, EnergyBased)
