"""Schedules know how many updates there will be."""

import torch

from harmonium.data import Batches
from harmonium.describe.component import Component
from harmonium.stages.schedules import schedules


def test_they_count_updates_or_those_of_an_epoch():
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0, momentum=0.5)
    wanted = [Component("Schedule", "linear_decay", {}), Component("Schedule", "momentum", {})]
    batches = Batches(torch.zeros(20, 1), size=5)
    made = schedules(wanted, optimiser, batches=batches, epochs=2)
    seen = []
    for _ in range(8):
        group = optimiser.param_groups[0]
        seen.append((group["lr"], group["momentum"]))
        optimiser.step()
        for schedule in made:
            schedule.step()
    assert seen == [(1 - t / 8, 0.5 if t < 4 else 0.9) for t in range(8)]
