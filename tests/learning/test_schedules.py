"""Schedules of the learning rate equal their formulas, and multiply."""

import math

import pytest
import torch

from harmonium.learning import cosine, linear_decay, one_cycle, step_decay, warm_up
from harmonium.stages.schedules import schedules


def optimiser(*rates, lr=1.0):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": r} for r in rates]
    return torch.optim.SGD(groups or [torch.nn.Parameter(torch.zeros(1))], lr=lr)


def rates(made, *planned, updates):
    """Rate of the first group in every update."""
    found = []
    for _ in range(updates):
        found.append(made.param_groups[0]["lr"])
        made.step()
        for schedule in planned:
            schedule.step()
    return found


def test_a_cosine_is_that_of_its_formula_and_of_torch():
    made, other = optimiser(2.0, 0.5), optimiser(2.0, 0.5)
    found = rates(made, cosine(made, 20, end=0.1), updates=25)
    expected = [0.1 + 0.9 * (1 + math.cos(math.pi * min(t, 20) / 20)) / 2 for t in range(25)]
    assert found == pytest.approx([2 * x for x in expected])
    assert made.param_groups[1]["lr"] == pytest.approx(0.05)
    torchs = torch.optim.lr_scheduler.CosineAnnealingLR(other, 20, eta_min=0.2)
    assert rates(other, torchs, updates=20) == pytest.approx(found[:20])


def test_steps_after_epochs():
    made = optimiser()
    found = rates(made, step_decay(made, 2, every=3, factor=0.5), updates=14)
    assert found == pytest.approx([1.0] * 6 + [0.5] * 6 + [0.25] * 2)
    made = optimiser()
    found = rates(made, step_decay(made, 2, at=[1, 4]), updates=10)
    assert found == pytest.approx([1.0] * 2 + [0.1] * 6 + [0.01] * 2)
    with pytest.raises(ValueError, match=r"at is \[3, 3\]: give every epoch once"):
        step_decay(made, 2, at=[3, 3])


def test_one_cycle_rises_and_falls():
    made = optimiser()
    found = rates(made, one_cycle(made, 10, rise=0.4, start=0.2, end=0.1), updates=12)
    assert found[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    fall = [0.1 + 0.9 * (1 + math.cos(math.pi * k / 6)) / 2 for k in range(1, 7)]
    assert found[5:] == pytest.approx([*fall, 0.1])
    whole = optimiser()
    assert rates(whole, one_cycle(whole, 4, rise=1.0, start=0.0), updates=5)[-1] == 1.0


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_a_warm_up_multiplies_the_others_wherever_a_recipe_names_it(order):
    from harmonium.data import Batches
    from harmonium.describe.component import Component

    given = [
        Component("Schedule", "warm_up", {"epochs": 2.0, "start": 0.1}),
        Component("Schedule", "linear_decay"),
        Component("Schedule", "momentum", {"to": 0.8}),
    ]
    made = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=3.0, momentum=0.5)
    batches = Batches(torch.zeros(10, 1), size=2)
    planned = schedules([given[k] for k in order], made, batches=batches, epochs=4)
    found = rates(made, *planned, updates=20)
    rise = [0.1 + 0.9 * min(1, (t + 1) / 10) for t in range(20)]
    expected = [3 * (1 - t / 20) * f for t, f in enumerate(rise)]
    assert found == pytest.approx(expected, abs=1e-12)
    assert made.param_groups[0]["momentum"] == 0.8


def test_a_warm_up_alone():
    made = optimiser()
    found = rates(made, warm_up(made, 4), updates=7)
    assert found == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 1])


@pytest.mark.parametrize("stop", [1, 5, 12])
def test_schedules_go_on_where_they_were_to_the_bit(stop):
    def begun():
        made = optimiser(0.3, 0.1)
        return made, [cosine(made, 20, end=0.01), warm_up(made, 4, epochs=2.5, start=0.2)]

    (made, planned), (other, again) = begun(), begun()
    whole = rates(made, *planned, updates=20)
    (made, planned) = begun()
    first = rates(made, *planned, updates=stop)
    other.load_state_dict(made.state_dict())
    for one, saved in zip(again, planned, strict=True):
        one.load_state_dict(saved.state_dict())
    assert first + rates(other, *again, updates=20 - stop) == whole


def test_a_schedule_made_after_a_warm_up_starts_from_the_whole_rate():
    made = optimiser()
    warm_up(made, 10)
    assert linear_decay(made, 10).base_lrs == [1.0]
