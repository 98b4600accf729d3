import torch

from harmonium.data import Batches
from harmonium.describe.component import Component
from harmonium.describe.schedules import schedules


def test_a_schedule_counts_what_its_argument_says():
    """Two epochs of three batches: a decay over six updates, momentum from the second epoch."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.6, momentum=0.5)
    wanted = [
        Component("Schedule", "linear_decay"),
        Component("Schedule", "momentum", {"to": 0.9, "after": 1}),
    ]
    found = schedules(wanted, optimiser, batches=Batches(torch.zeros(9, 1), size=3), epochs=2)
    seen = []
    for _ in range(6):
        group = optimiser.param_groups[0]
        seen.append((round(group["lr"], 3), group["momentum"]))
        optimiser.step()
        for schedule in found:
            schedule.step()
    assert [lr for lr, _ in seen] == [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert [m for _, m in seen] == [0.5] * 3 + [0.9] * 3
