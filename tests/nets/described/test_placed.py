"""Settings of every layer."""

import inspect

from harmonium.nets.described import Placed
from harmonium.registry import KINDS, target


def test_no_constructor_of_a_layer_takes_a_setting_of_its_place():
    placed = set(inspect.signature(Placed).parameters)
    for place in KINDS["Layer"].values():
        assert not placed & set(inspect.signature(target(place)).parameters), place
