"""Patience, and the best parameters put back."""

import pytest
import torch

from harmonium.runs.stopping import EarlyStopping


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
