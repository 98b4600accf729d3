"""Up-down updates of a whole stack."""

import torch

from harmonium.learning import CD
from harmonium.machines import belief_net
from harmonium.models import adapted
from harmonium.random import seeded
from harmonium.stages.directed import directed_learner, directed_watches
from tests.stages import small


def test_it_learns_to_read_labels():
    with seeded(1):
        net = belief_net(6, 5, 4, classes=2, std=1.0).untie()
    model = adapted(net)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    learner = directed_learner(model, optimiser=optimiser, contrast=CD(3), source=None)
    x = torch.randint(2, (30, 6), generator=torch.Generator().manual_seed(1)).float()
    batch = {"x": x, "y": (x[:, 0] > 0).long()}

    def error():
        return float((model.log_probs(batch).argmax(1) != batch["y"]).float().mean())

    before = error()
    for _ in range(300):
        assert learner.step(batch) == {}
    assert error() < before


def test_what_is_observed():
    trial = small.one(model={"type": "belief_net", "units": [6, 5, 4], "classes": 2})
    watches = directed_watches(trial, trial.models["machine"])
    row = {}
    for watch in watches:
        row |= watch.measure(1)
    assert set(row) == {"net/reconstruction"}, "there are no validation rows"
