"""The layers of the registry."""

from torch import nn

from harmonium.layer_types import LAYERS
from harmonium.registry import KINDS, target


def test_the_registry_has_them_and_each_is_a_module():
    assert KINDS["Layer"] is LAYERS
    assert all(issubclass(target(place), nn.Module) for place in LAYERS.values())
    assert [*LAYERS] == sorted(LAYERS)
