"""Two tables of the registry."""

from harmonium.judge_types import BASELINES, JUDGES
from harmonium.registry import KINDS, target


def test_they_are_the_tables_of_the_registry():
    assert KINDS["Judge"] is JUDGES
    assert KINDS["Baseline"] is BASELINES


def test_every_place_is_there():
    assert all(callable(target(place)) for place in (*JUDGES.values(), *BASELINES.values()))
