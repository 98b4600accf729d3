"""Components become what the library's own constructors make."""

import functools

import torch

from harmonium import Bernoulli, Gaussian
from harmonium.describe import build, load
from harmonium.describe.component import Component
from harmonium.learning import CD, L2
from harmonium.sampling import mean

RECIPE = {
    "data": {"source": "digits"},
    "model": {
        "type": "belief_net",
        "units": [64, {"type": "gaussian", "shape": 5}, 3],
        "std": 0.5,
    },
    "pretrain": {
        "type": "greedy",
        "epochs": 1,
        "contrast": {"type": "cd", "steps": 2, "reconstruct": "mean"},
        "penalties": [{"type": "l2", "strength": 0.25}],
        "schedules": [{"type": "linear_decay", "constant": 0.5}],
    },
}


def test_a_machine_has_the_units_that_the_recipe_names():
    first, second = build(load(RECIPE).model).graphs
    assert isinstance(first.units["v"], Bernoulli)
    assert isinstance(first.units["h"], Gaussian)
    assert [tuple(second.units[k].shape) for k in "vh"] == [(5,), (3,)]


def test_the_same_seed_makes_the_machine_that_the_constructor_makes():
    from harmonium import belief_net

    torch.manual_seed(3)
    mine = build(load(RECIPE).model)
    torch.manual_seed(3)
    real = belief_net(64, Gaussian(5), 3, std=0.5)
    for a, b in zip(mine.parameters(), real.parameters(), strict=True):
        assert torch.equal(a, b)


def test_settings_nest():
    stage = load(RECIPE).pretrain
    assert build(stage.contrast) == CD(steps=2, reconstruct=mean)
    assert build(stage.penalties) == [L2(0.25)]
    assert build({"a": stage.contrast, "b": 3}) == {"a": CD(2, mean), "b": 3}


def test_what_only_the_program_knows_is_awaited_or_given():
    weight = torch.nn.Parameter(torch.zeros(3))
    recipe = Component("Optimiser", "sgd", {"lr": 0.5, "momentum": 0.25})
    for optimiser in (build(recipe)([weight]), build(recipe, [weight])):
        assert isinstance(optimiser, torch.optim.SGD)
        assert optimiser.param_groups[0]["momentum"] == 0.25
    schedule = build(load(RECIPE).pretrain.schedules[0])
    assert isinstance(schedule, functools.partial)
    rates = schedule(optimiser, 4)
    seen = []
    for _ in range(3):
        optimiser.step()
        rates.step()
        seen.append(optimiser.param_groups[0]["lr"])
    assert seen == [0.5, 0.5, 0.25]
    assert build(Component("Rule", "mean")) is mean
