"""Epochs, means, positions; looking draws nothing."""

import pytest
import torch

from harmonium.learning import Watch
from tests.runs import small


def test_epochs_and_positions():
    stage = small.energy(small.Work())
    ends = []
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            ends.append(stage.position)
            stage.observe()
    assert [(p["epoch"], p["update"]) for p in ends] == [(1, 5), (2, 10), (3, 15)]
    assert {(p["epochs"], p["updates"]) for p in ends} == {(3, 15)}


def test_the_loss_is_the_mean_over_the_epoch():
    work = small.Work()
    stage, seen = small.classify(work), []
    for _ in range(2):
        losses = []
        while not losses or not stage.epoch_ended:
            before = float(stage.losses.get("loss", 0.0))
            stage.update()
            losses.append(float(stage.losses["loss"]) - before)
        seen.append(stage.observe()["train/loss"])
        assert seen[-1] == pytest.approx(sum(losses) / len(losses), rel=1e-6)
    assert seen[1] < seen[0]


def test_looking_changes_nothing():
    def parameters(look):
        work = small.Work()
        stage = small.energy(work)
        while not stage.done:
            stage.update()
            if look:
                for watch in stage.watches:
                    watch.measure(stage.updates)
                stage.snapshot()
                stage.check()
        return torch.cat([p.detach().flatten() for p in work.machine.parameters()])

    assert torch.equal(parameters(look=False), parameters(look=True))


def test_stopping_puts_the_best_parameters_back():
    work = small.Work()
    stage = small.classify(work, patience=1, min_delta=100.0)
    kept = None
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            kept = kept or [p.detach().clone() for p in work.net.parameters()]
            stage.observe()
    assert stage.position["epoch"] == 2, "no epoch improves by 100 nats"
    assert all(map(torch.equal, kept, work.net.parameters()))


def test_a_checkpoint_of_the_first_format_had_one_loss():
    work = small.Work()
    stage, other = small.classify(work), small.classify(small.Work())
    stage.update()
    state = stage.state_dict()
    loss = state.pop("losses")["loss"]
    state |= {"loss": loss, "losses": state.pop("counted")}
    other.load_state_dict(state)
    assert (other.losses, other.counted) == (stage.losses, 1)
    other.load_state_dict({**state, "loss": None, "losses": 0})
    assert (other.losses, other.counted) == ({}, 0)


def test_a_watch_that_has_nothing_to_say():
    watch = Watch()
    assert (watch.measure(1), watch.notice(1, updates=5), watch.snapshot()) == ({}, {}, {})


def test_diverged_parameters_are_named_with_the_remedy():
    work = small.Work()
    stage = small.energy(work)
    stage.update()
    stage.check()
    weight, bias = work.machine.connections["v-h"].weight, work.machine.units["v"].bias
    with torch.no_grad():
        bias[0] = 1e12
    with pytest.raises(FloatingPointError, match="v.bias exceeds 1e[+]08 at update 1"):
        stage.check()
    stage.large_biases = True
    stage.check()
    with torch.no_grad():
        weight[0, 0] = 1e9
    with pytest.raises(FloatingPointError, match="weight exceeds 1e[+]08 at update 1; lower the"):
        stage.check()
    with torch.no_grad():
        weight[0, 0], bias[0] = 0, float("nan")
    with pytest.raises(FloatingPointError, match="v.bias is no longer finite at update 1"):
        stage.check()
