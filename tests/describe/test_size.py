"""Machines that cannot fit are refused with their size before anything is allocated."""

import pytest

from harmonium import apply, memory
from harmonium.data import digits_set
from harmonium.describe import load
from harmonium.describe.builtin import builtin, find
from harmonium.describe.size import check_size, outlined
from harmonium.stages.plan import trial
from harmonium.training import dry_run

BASE = {
    "seed": 0,
    "data": {"source": "digits"},
    "model": {"type": "rbm", "visible": 64, "hidden": 8},
    "train": {"type": "energy", "epochs": 1},
}
GIANTS = {
    "hidden": {"type": "rbm", "visible": 64, "hidden": 2_000_000_000},
    "both": {"type": "rbm", "visible": 2_000_000_000, "hidden": 2_000_000_000},
    "states": {
        "type": "rbm",
        "visible": 64,
        "hidden": {"type": "categorical", "shape": [100_000, 1_000_000]},
    },
    "overflow": {
        "type": "rbm",
        "visible": {"type": "bernoulli", "shape": [2_000_000_000] * 3},
        "hidden": 8,
    },
    "deep": {"type": "dbm", "units": [64, 1_000_000, 1_000_000]},
    "classes": {
        "type": "classification_rbm",
        "visible": 64,
        "hidden": 1_000_000,
        "classes": 1_000_000,
    },
}


@pytest.mark.parametrize("verb", [apply.summary, dry_run, lambda recipe: trial_of(recipe)])
@pytest.mark.parametrize("name", GIANTS)
def test_giants_are_refused_by_every_way_in(name, verb):
    recipe = load({**BASE, "model": GIANTS[name]})
    with pytest.raises(ValueError, match="model: .*needs .* memory.*: take fewer units"):
        verb(recipe)


def trial_of(recipe):
    return trial(recipe, digits_set(), number=0, device="cpu")


def test_both_sizes_are_told(monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: 1000.0)
    with pytest.raises(
        ValueError,
        match="model: 584 parameters take 2.281 KiB, and with gradients training needs "
        "4.562 KiB of memory, and 1000 bytes is free",
    ):
        check_size(load(BASE))
    with pytest.raises(ValueError, match="training needs 9.125 KiB"):
        check_size(load({**BASE, "precision": "float64"}))


@pytest.mark.parametrize("name", builtin())
def test_every_recipe_has_an_outline_without_values(name):
    machine = outlined(load(find(name)))
    assert all(p.is_meta for p in machine.parameters())
    check_size(load(find(name)))


def test_real_units_joined_with_real_units_have_an_outline():
    units = {"type": "gaussian", "shape": [8]}
    recipe = load({**BASE, "model": {"type": "rbm", "visible": units, "hidden": units}})
    assert sum(p.numel() for p in outlined(recipe).parameters()) == 64 + 32
