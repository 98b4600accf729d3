"""Defaults as a recipe would write them."""

import pytest

from harmonium.describe.defaults import REQUIRED, default
from harmonium.describe.signature import read

HERE = "tests.describe.sources"


def defaults(name):
    return {p.name: default(p) for p in read(f"{HERE}:{name}").parameters}


def test_literals_and_constants():
    found = defaults("function")
    assert found["second"] == -0.001
    assert found["only"] == "a"
    assert found["limit"] == 7
    assert found["first"] is REQUIRED


def test_fields_of_dataclasses():
    assert defaults("More") == {"a": REQUIRED, "b": (), "d": {}, "e": 4, "g": None}


def test_components():
    found = {p.name: default(p) for p in read("harmonium.learning.contrast:CD").parameters}
    assert found == {"steps": 1, "reconstruct": {"type": "sample"}}
    learner = {p.name: p for p in read("harmonium.learning.learner:Learner").parameters}
    assert default(learner["contrast"]) == {"type": "pcd"}
    assert defaults("preset") == {"a": {"type": "cd", "steps": 2}}


def test_what_cannot_be_stated_is_an_error():
    with pytest.raises(TypeError, match=r"the default min\(3, 4\) is neither"):
        defaults("strange")
