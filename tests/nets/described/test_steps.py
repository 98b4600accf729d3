"""Names, inputs and copies of a list of layers."""

import pickle

import pytest

from harmonium.nets.described import LayerError, steps_of


def test_rates_and_freezing_reach_the_layers_of_a_list():
    inner = {"type": "sequential", "rate": 0.5, "layers": [{"type": "relu", "rate": 0.1}, "tanh"]}
    first, second = steps_of([inner])
    assert (first.rate, second.rate) == (0.05, 0.5)
    (frozen,) = steps_of([{"type": "sequential", "frozen": True, "layers": ["relu"]}])
    assert frozen.frozen


def test_a_list_reads_names_outside_it_and_its_own_names_first():
    layers = [
        {"type": "relu", "name": "a"},
        {"type": "tanh", "name": "b"},
        {
            "type": "sequential",
            "name": "s",
            "layers": [
                {"type": "relu", "name": "b"},
                {"type": "add", "name": "c", "inputs": ["a", "b", "input"]},
            ],
        },
        {"type": "add", "inputs": ["s", "b"]},
    ]
    steps = {step.name: step.inputs for step in steps_of(layers)}
    assert steps["s.c"] == ("a", "s.b", "b")
    assert steps["3"] == ("s.c", "b")


def test_the_place_is_that_in_the_settings_whatever_the_copies():
    layers = [{"type": "relu", "repeat": 3}, {"type": "sequential", "layers": ["relu", "tanh"]}]
    places = [step.place for step in steps_of(layers)]
    assert places == [*[("layers", 0)] * 3, ("layers", 1, "layers", 0), ("layers", 1, "layers", 1)]


def test_the_error_survives_pickle():
    with pytest.raises(LayerError) as caught:
        steps_of([{"type": "relu", "name": "a", "inputs": ["b"]}])
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.place, again.label, str(again)) == (("layers", 0), "a", str(caught.value))
