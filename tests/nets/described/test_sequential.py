"""Lists inside a list are refused where they cannot stand."""

import pytest

from harmonium.nets.described import LayerError, steps_of


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "its layers are"),
        ({"layers": []}, "at least one layer"),
        ({"layers": "relu"}, "'relu': give a list"),
        ({"layers": ["relu"], "padding": 1}, "has the setting 'padding'"),
        ({"layers": ["relu"], "inputs": ["a", "b"]}, "join them by concat or add"),
    ],
)
def test_refusals(settings, message):
    named = [{"type": "relu", "name": name} for name in "ab"]
    with pytest.raises(LayerError, match=message):
        steps_of([*named, {"type": "sequential", **settings}])
