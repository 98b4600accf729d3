"""The recipe's own defaults are those of its schema."""

import dataclasses

from harmonium.describe import load
from harmonium.describe.component import Component
from harmonium.describe.recipe import Data, Recipe
from harmonium.stages.energy import Energy


def test_defaults_in_python_are_those_of_an_empty_file():
    least = {
        "data": {"source": "digits"},
        "model": {"type": "rbm", "visible": 64, "hidden": 8},
        "train": {"type": "energy", "epochs": 1},
    }
    loaded = load(least)
    made = Recipe(data=loaded.data, model=loaded.model, train=loaded.train)
    assert made == loaded
    assert Data(source=loaded.data.source) == loaded.data


def test_stage_defaults_in_python_name_what_the_file_would():
    """A default component may leave settings out; its type and what it states are the same."""
    loaded = load(
        {
            "data": {"source": "digits"},
            "model": {"type": "rbm", "visible": 64, "hidden": 8},
            "train": {"type": "energy", "epochs": 1},
        }
    ).train
    for field in dataclasses.fields(Energy):
        mine, theirs = getattr(Energy(epochs=1), field.name), getattr(loaded, field.name)
        if isinstance(mine, Component):
            assert mine.type == theirs.type
            assert mine.settings.items() <= theirs.settings.items()
        elif field.name == "schedules":
            assert [c.type for c in mine] == [c.type for c in theirs]
        else:
            assert mine == theirs
