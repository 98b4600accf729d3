"""The reference lists what the registry has."""

import pytest

from harmonium.describe.reference import reference
from harmonium.registry import KINDS, SECTIONS


def test_it_lists_every_entry_once():
    found = [(entry.kind, entry.type) for entry in reference()]
    registered = [(kind, name) for kind, types in KINDS.items() for name in types]
    assert sorted(found) == sorted([*registered, *(("Section", n) for n in ["Recipe", *SECTIONS])])


def test_settings_have_what_they_take_their_default_and_their_meaning():
    (entry,) = [e for e in reference("optimiser") if e.type == "adamw"]
    settings = {s.name: s for s in entry.settings}
    assert settings["lr"].takes == "a number of at least 0"
    assert settings["weight_decay"].default == 0.01
    (greedy,) = reference("Pretraining")
    settings = {s.name: s for s in greedy.settings}
    assert settings["epochs"].required
    assert settings["epochs"].about == "passes over the training rows, for each layer."
    (gaussian,) = [e for e in reference("Units") if e.type == "gaussian"]
    assert gaussian.settings[0].takes == "a list of a whole number of at least 1, or one"


def test_the_nearest_kind_is_given():
    with pytest.raises(ValueError, match="did you mean 'Model'"):
        reference("Models")
