"""Epochs, means, positions; looking draws nothing."""

import copy

import pytest
import torch

from harmonium.data import Batches
from harmonium.learning import Descent, Training, Watch, cross_entropy, linear_decay
from harmonium.random import generator
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


def test_a_schedule_steps_once_an_update():
    stage = small.energy(small.Work())  # 0.1, linearly to 0 in 15 updates
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            assert stage.observe()["lr"] == pytest.approx(0.1 * (1 - stage.updates / 15))
    assert stage.schedules[0].last_epoch == 15


def test_the_best_parameters_come_back_at_the_last_epoch_too():
    work = small.Work()
    stage, kept = small.classify(work, patience=9, min_delta=100.0), None
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            kept = kept or [p.detach().clone() for p in work.net.parameters()]
            stage.observe()
    assert (stage.position["epoch"], stage.stopped) == (3, False)
    assert all(map(torch.equal, kept, work.net.parameters()))


def ordered():
    net = torch.nn.Linear(6, 2)
    torch.nn.init.zeros_(net.weight)
    torch.nn.init.zeros_(net.bias)
    x, y = small.rows()
    batches = Batches({"x": x, "y": y}, size=5, source=generator(1))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.5)
    learner, decay = Descent(net, optimiser, cross_entropy), linear_decay(optimiser, 15)
    return Training(learner, batches, 3, [decay], source=generator(2))


@pytest.mark.parametrize("stop", [5, 7])
def test_order_position_and_schedules_go_on(stop):
    whole, first, second = ordered(), ordered(), ordered()
    while not whole.done:
        whole.update()
    for _ in range(stop):
        first.update()
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    while not second.done:
        second.update()
    assert torch.equal(whole.learner.module.weight, second.learner.module.weight)


def test_draws_go_on():
    stage, other = (
        small.classify(small.Work(), patience=9),
        small.classify(small.Work(), patience=9),
    )
    for _ in range(7):
        stage.update()
    other.load_state_dict(copy.deepcopy(stage.state_dict()))
    for one in (stage, other):
        while not one.done:
            one.update()
    assert all(
        map(torch.equal, stage.learner.module.parameters(), other.learner.module.parameters())
    )


def test_a_stop_and_its_patience_go_on():
    one, other = (small.classify(small.Work(), patience=1, min_delta=100.0) for _ in range(2))
    for _ in range(10):
        one.update()
        if one.epoch_ended:
            one.observe()
    assert one.stopped
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    assert other.stopped
    assert other.done
    assert other.stopping.best == one.stopping.best
    assert other.stopping.waited == 1


def test_a_training_that_has_begun_takes_a_state_as_well():
    """The pass that it was in is forgotten."""
    whole, first, second = ordered(), ordered(), ordered()
    while not whole.done:
        whole.update()
    for _ in range(7):
        first.update()
    for _ in range(3):
        second.update()
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    while not second.done:
        second.update()
    assert torch.equal(whole.learner.module.weight, second.learner.module.weight)


class Close(Watch):
    """Notes every update that it is called for."""

    every_update = True

    def __init__(self):
        self.seen = []

    def updated(self, updates):
        self.seen.append(updates)


class Far(Close):
    every_update = False


def test_a_watch_of_every_update_is_called_after_every_update():
    close, far = Close(), Far()
    stage = small.classify(small.Work())
    training = Training(stage.learner, stage.batches, 2, watches=[close, far])
    while not training.done:
        training.update()
    assert close.seen == list(range(1, training.updates + 1))
    assert far.seen == []
