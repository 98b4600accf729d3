"""The loop: what it calls, in which order, and when it stops."""

import numpy as np
import pytest
import torch

from harmonium.learning import fit, linear_decay, momentum


def optimiser(*rates):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": r} for r in rates]
    return torch.optim.SGD(groups, lr=1.0)


def test_every_batch_every_epoch_in_order():
    seen = []
    assert fit(seen.append, ["a", "b"], epochs=3) == 3
    assert seen == ["a", "b"] * 3


def test_batches_are_iterated_anew_every_epoch():
    class Passes:
        begun = 0

        def __iter__(self):
            self.begun += 1
            return iter([self.begun])

    seen = []
    fit(seen.append, Passes(), epochs=3)
    assert seen == [1, 2, 3]


def test_observe_hears_the_number_of_each_epoch_after_its_batches():
    log = []
    fit(lambda b: log.append(("step", b)), [0, 1], epochs=2, observe=lambda e: log.append(e))
    assert log == [("step", 0), ("step", 1), 1, ("step", 0), ("step", 1), 2]


@pytest.mark.parametrize(("answer", "done"), [(True, 2), (False, 5), (None, 5), (0.5, 5)])
def test_only_the_answer_true_stops(answer, done):
    seen = []
    epochs = fit(seen.append, [0], epochs=5, observe=lambda e: answer if e == 2 else None)
    assert epochs == done == len(seen)


def test_schedules_step_after_every_update():
    o = optimiser(1.0)
    rates = []
    fit(
        lambda _: (rates.append(o.param_groups[0]["lr"]), o.step()),
        [0, 1],
        epochs=2,
        schedules=[linear_decay(o, 4)],
    )
    assert rates == [1.0, 0.75, 0.5, 0.25]
    assert o.param_groups[0]["lr"] == 0.0


@pytest.mark.parametrize(
    ("updates", "constant", "expected"),
    [
        (4, 0.0, [1, 0.75, 0.5, 0.25, 0, 0]),
        (4, 0.5, [1, 1, 1, 0.5, 0, 0]),
        (10, 0.2, [1, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0, 0]),
        (1, 0.0, [1, 0]),
    ],
)
def test_linear_decay(updates, constant, expected):
    o = optimiser(2.0, 0.5)
    schedule = linear_decay(o, updates, constant=constant)
    rates = []
    for _ in expected:
        rates.append(schedule.get_last_lr())
        o.step()
        schedule.step()
    assert [r[0] / 2 for r in rates] == pytest.approx(expected, abs=1e-12)
    assert [r[1] / 0.5 for r in rates] == pytest.approx(expected, abs=1e-12)


def test_momentum_rises_once_after_whole_epochs():
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.5)
    schedule, seen = momentum(optimiser, 3, to=0.9, after=2), []
    for _ in range(8):
        seen.append(optimiser.param_groups[0]["momentum"])
        schedule.step()
    assert seen == [0.5] * 6 + [0.9] * 2


def test_momentum_from_the_start():
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    momentum(optimiser, 3, to=0.9, after=0)
    assert optimiser.param_groups[0]["momentum"] == 0.9


def test_momentum_goes_on_where_it_was():
    def made():
        optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.5)
        return optimiser, momentum(optimiser, 2, to=0.9, after=1)

    (_, first), (optimiser, second) = made(), made()
    first.step()
    second.load_state_dict(first.state_dict())
    second.step()
    assert optimiser.param_groups[0]["momentum"] == 0.9


def test_an_optimiser_without_momentum_is_refused():
    optimiser = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    with pytest.raises(ValueError, match="Adam has no momentum to schedule: use SGD"):
        momentum(optimiser, 3)


@pytest.mark.parametrize("constant", [0.0, 0.5, 0.999999999, 1.0])
def test_a_rate_may_stay_for_any_share_of_the_updates(constant):
    o = optimiser(1.0)
    schedule = linear_decay(o, 10, constant=constant)
    rates = []
    for _ in range(12):
        rates.append(o.param_groups[0]["lr"])
        o.step()
        schedule.step()
    kept = int(constant * 10)
    assert rates[: kept + 1] == [1.0] * (kept + 1)
    assert rates[11] == 0


def test_what_an_iterator_gives_is_kept_for_the_epochs_to_come():
    seen = []
    assert fit(seen.append, iter([1, 2]), epochs=3) == 3
    assert seen == [1, 2] * 3


@pytest.mark.parametrize("batches", [[], iter([])])
def test_no_batches_are_nothing_to_learn_from(batches):
    with pytest.raises(ValueError, match="epoch 1: there are no batches"):
        fit(print, batches, epochs=2)


@pytest.mark.parametrize("answer", [True, np.True_, torch.tensor(True)])
def test_every_kind_of_true_stops(answer):
    assert fit(lambda b: None, [0], epochs=5, observe=lambda epoch: answer) == 1


@pytest.mark.parametrize("answer", [1, "yes", np.int64(1), torch.tensor(1), None, np.False_])
def test_what_merely_counts_as_true_does_not(answer):
    assert fit(lambda b: None, [0], epochs=3, observe=lambda epoch: answer) == 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit(print, [0], epochs=1.5), "fit: epochs is 1.5"),
        (lambda: fit(print, [0], epochs=-1), "fit: epochs is -1"),
        (lambda: linear_decay(optimiser(1.0), 0), "linear_decay: updates is 0"),
        (lambda: linear_decay(optimiser(1.0), 5, constant=1.5), "constant is 1.5"),
    ],
)
def test_settings_that_make_no_sense_are_refused(call, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call()
