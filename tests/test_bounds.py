"""Bounded numbers are plain types to Python."""

from harmonium import bounds


def test_every_name_is_a_plain_type():
    kinds = {name: getattr(bounds, name) for name in bounds.__all__}
    assert set(kinds.values()) == {int, float}
    assert kinds["Count"] is int
    assert kinds["Share"] is float
