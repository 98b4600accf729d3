"""A component is a value."""

from harmonium.describe import component
from harmonium.describe.component import Component
from harmonium.registry import KINDS


def test_components_are_compared_by_value():
    one = Component("Contrast", "cd", {"reconstruct": Component("Rule", "mean")})
    assert one == Component("Contrast", "cd", {"reconstruct": Component("Rule", "mean")})
    assert one != Component("Contrast", "cd")


def test_every_kind_but_the_stages_is_an_annotation():
    stages = {"Pretraining", "Training", "FineTuning"}
    assert {name for name in KINDS if name not in stages} <= set(component.__all__)
