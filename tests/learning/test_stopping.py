"""Patience, and the best parameters put back."""

import pytest
import torch

from harmonium.learning import EarlyStopping


def module(value):
    net = torch.nn.Linear(1, 1)
    with torch.no_grad():
        net.weight.fill_(value)
    return net


def run(stopping, values):
    """Epochs until it stops, and the module's value then (each epoch writes its number)."""
    net = module(0)
    for epoch, value in enumerate(values, 1):
        with torch.no_grad():
            net.weight.fill_(epoch)
        if stopping.see({"val/error": value}, net):
            break
    stopping.end(net)
    return epoch, net.weight.item()


@pytest.mark.parametrize(
    ("settings", "values", "expected"),
    [
        ({"patience": 2}, [3, 2, 2.5, 2.2, 1], (4, 2)),
        ({"patience": 2, "min_delta": 0.5}, [3, 2.8, 2.6, 1], (3, 1)),
        ({"patience": 1, "mode": "max"}, [1, 2, 2, 9], (3, 2)),
        ({"patience": 1, "restore_best": False}, [1, 2], (2, 2)),
        ({"patience": 3}, [3, 2, 1], (3, 3)),
        ({"patience": 2}, [float("nan"), 5, 6, 7], (4, 2)),
    ],
)
def test_when_it_stops_and_what_it_leaves(settings, values, expected):
    assert run(EarlyStopping(**settings), values) == expected


def test_it_goes_on_where_it_was():
    first, second = EarlyStopping(patience=2), EarlyStopping(patience=2)
    net = module(7)
    first.see({"val/error": 1.0}, net)
    first.see({"val/error": 2.0}, net)
    second.load_state_dict(first.state_dict())
    assert second.see({"val/error": 2.0}, net)
    other = module(0)
    second.end(other)
    assert other.weight.item() == 7


def test_a_number_that_is_not_there():
    with pytest.raises(
        ValueError, match=r"watches 'val/error'.*there are lr .*validation above 0"
    ):
        EarlyStopping().see({"lr": 0.1}, module(0))


@pytest.mark.parametrize("name", ["val/accuracy", "val/log_likelihood"])
def test_a_number_of_which_more_is_better_improves_by_rising(name):
    stopping, net = EarlyStopping(name, patience=2), module(0)
    values = [0.1, 0.3, 0.5, 0.4, 0.45]
    stops = []
    for value in values:
        with torch.no_grad():
            net.weight.fill_(value)
        stops.append(stopping.see({name: value}, net))
    stopping.end(net)
    assert stops == [False, False, False, False, True]
    assert net.weight.item() == 0.5


def test_a_number_that_nobody_knows_needs_its_mode():
    with pytest.raises(ValueError, match="less or more of 'val/score' is better is not known"):
        EarlyStopping("val/score")
    assert not EarlyStopping("val/score", patience=1, mode="max").see({"val/score": 1}, module(0))


def test_a_second_number_decides_among_equals():
    stopping = EarlyStopping("val/error", patience=2, tie="val/loss")
    rows = [(0.2, 1.0), (0.2, 0.9), (0.2, 0.95), (0.1, 3.0), (0.1, 3.5), (0.2, 0.1)]
    seen = []
    for error, loss in rows:
        stop = stopping.see({"val/error": error, "val/loss": loss}, module(0))
        seen.append((stopping.best, stopping.second, stop))
    assert seen == [
        (0.2, 1.0, False),
        (0.2, 0.9, False),
        (0.2, 0.9, False),
        (0.1, 3.0, False),
        (0.1, 3.0, False),
        (0.1, 3.0, True),
    ]
    again = EarlyStopping("val/error", patience=2, tie="val/loss")
    again.load_state_dict(stopping.state_dict())
    assert (again.best, again.second, again.waited) == (0.1, 3.0, 2)


def test_the_second_number_has_a_direction_of_its_own():
    stopping, net = EarlyStopping("val/error", tie="val/accuracy"), torch.nn.Linear(1, 1)
    for accuracy in (0.5, 0.7, 0.6):
        stopping.see({"val/error": 0.2, "val/accuracy": accuracy}, net)
    assert (stopping.second, stopping.waited) == (0.7, 1)
