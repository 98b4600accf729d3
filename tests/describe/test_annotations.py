"""Annotations to types."""

import pytest
from pydantic import TypeAdapter, ValidationError

from harmonium import bounds
from harmonium.describe.annotations import NUMBERS, typed
from harmonium.describe.models import component
from harmonium.describe.signature import read

HERE = "tests.describe.sources"


class Models:
    def component(self, kind):
        return component(kind)

    def section(self, name):
        raise NotImplementedError(name)

    def overrides(self):
        raise NotImplementedError


def parameter(function, name):
    return next(p for p in read(f"{HERE}:{function}").parameters if p.name == name)


def adapter(name):
    found = parameter("every", name)
    return TypeAdapter(typed(found.annotation, found.module, models=Models()).type)


GOOD = [
    ("a", [0, -5, 2**62]),
    ("b", [1, 0.5, -1e300]),
    ("c", [True, False]),
    ("d", ["", "a"]),
    ("e", ["a/b"]),
    ("f", ["a/b", None]),
    ("g", ["x", "y"]),
    ("h", [[], [1, 2]]),
    ("i", [[0, 1], (0.5, 0.5)]),
    ("j", [[], [1], [1, 2, 3]]),
    ("k", [{}, {"a": 0.5}]),
    ("l", [None, 0]),
    ("m", [1, "a"]),
    ("n", [3, "bernoulli", {"type": "gaussian", "shape": 3}][:1]),
    ("o", [3, {"type": "gaussian", "shape": [2, 3]}]),
    ("p", ["auto", {"type": "spin", "shape": 1}]),
    ("q", [[], ["mean", {"type": "sample"}]]),
    ("r", [None, "cd", {"type": "pcd", "chains": 3}]),
    ("s", [[], [0.5, "scale", 1]]),
    ("t", [0.5]),
    ("u", [0, 2**31 - 1]),
    ("v", [[[1], [2, 3]]]),
]
BAD = [
    ("a", [True, 1.0, "1", None, 2**63]),
    ("b", [True, "1", float("inf"), float("nan")]),
    ("c", [0, 1, "true", None]),
    ("d", [1, None, ["a"], "a" * 10_001]),
    ("e", [1, "", None]),
    ("f", [1, ["a"]]),
    ("g", ["z", 1, None]),
    ("h", [[0], 1, "abc", [1.5], {"a": 1}]),
    ("i", [[0], [0, 1, 2], [0, 2]]),
    ("j", [["a"], 1]),
    ("k", [{"a": 0}, {1: 1}, []]),
    ("l", [-1, "a"]),
    ("m", [1.5, None, [1]]),
    ("n", [0, True, "nobody", {"shape": 3}, {"type": "gaussian"}]),
    ("o", [0, 1.5, None]),
    ("p", [1.5, True, {"type": "spin"}]),
    ("q", ["mean", [3], [None]]),
    ("r", ["ce", {"type": "cd", "stepz": 1}, 3]),
    ("s", [["scales"], [1.5], [None]]),
    ("t", ["a"]),
    ("u", [-1, 2**31]),
    ("v", [[1], [[1.5]]]),
]


@pytest.mark.parametrize(("name", "values"), GOOD)
def test_what_fits_is_taken(name, values):
    for value in values:
        adapter(name).validate_python(value)


@pytest.mark.parametrize(("name", "values"), BAD)
def test_what_does_not_fit_is_refused(name, values):
    for value in values:
        with pytest.raises(ValidationError):
            adapter(name).validate_python(value)


def test_every_annotation_is_tried_on_both_sides():
    names = {p.name for p in read(f"{HERE}:every").parameters}
    assert names == {name for name, _ in GOOD} == {name for name, _ in BAD}


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_what_a_recipe_cannot_give_has_no_type(name):
    found = parameter("unreachable", name)
    kind = typed(found.annotation, found.module, models=Models())
    assert kind is None or kind.type is None or name == "c"


@pytest.mark.parametrize(("function", "said"), [("unknown", "Fraction"), ("untyped", "nothing")])
def test_an_unknown_annotation_is_an_error(function, said):
    found = parameter(function, "a")
    with pytest.raises(TypeError, match=said):
        typed(found.annotation, found.module, models=Models())


def test_every_bounded_name_has_its_bounds():
    assert set(NUMBERS) == set(bounds.__all__)


def test_an_alias_is_what_it_stands_for():
    """Also one of another module, as nets name their activations."""
    found = next(p for p in read("harmonium.nets.mlp:MLP").parameters if p.name == "activation")
    kind = TypeAdapter(typed(found.annotation, found.module, models=Models()).type)
    assert kind.validate_python("tanh") == "tanh"
    with pytest.raises(ValidationError):
        kind.validate_python("sine")
