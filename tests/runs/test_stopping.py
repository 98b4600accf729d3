"""Patience, and the best parameters put back."""

import pytest
import torch

from harmonium.runs.stopping import EarlyStopping, better, direction


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


def test_better():
    assert better(1, None, mode="min")
    assert not better(float("nan"), None, mode="min")
    assert better(1, 2, mode="min")
    assert not better(2, 1, mode="min")
    assert better(2, 1, mode="max")
    assert not better(1.2, 1, mode="max", min_delta=0.5)
    assert (direction("val/loss"), direction("val/accuracy")) == ("min", "max")
