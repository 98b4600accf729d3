"""Two tables of the registry."""

from harmonium.layer_types import INITIALISERS, LAYERS
from harmonium.registry import KINDS, target


def test_they_are_the_tables_of_the_registry():
    assert KINDS["Layer"] is LAYERS
    assert KINDS["Initialiser"] is INITIALISERS


def test_every_place_is_there():
    assert all(callable(target(place)) for place in (*LAYERS.values(), *INITIALISERS.values()))
