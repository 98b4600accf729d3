"""The path of parameters: every update once, thinned evenly, none of a large net."""

import torch
from torch import nn

from harmonium.watch import PathWatch, joined


def net(inputs=2):
    return nn.Linear(inputs, 1, dtype=torch.float64)


def moved(watch, module, *, updates, start=0):
    """After update k every weight is k."""
    for k in range(start + 1, start + updates + 1):
        with torch.no_grad():
            module.weight.fill_(k)
        watch.updated(k)


def test_the_path_holds_the_start_and_every_update():
    module = net()
    start = module.weight.detach().clone()
    watch = PathWatch(module)
    moved(watch, module, updates=5)
    path = watch.snapshot()
    assert path["path/update"].tolist() == [0, 1, 2, 3, 4, 5]
    assert torch.equal(path["path/weight"][0], start)
    assert path["path/weight"][1:, 0, 0].tolist() == [1, 2, 3, 4, 5]
    assert path["path/bias"].shape == (6, 1)


def test_a_long_path_is_thinned_evenly():
    module = net()
    watch = PathWatch(module, most=10)
    moved(watch, module, updates=95)
    kept = watch.snapshot()["path/update"].tolist()
    assert kept == list(range(0, 96, 16))
    assert watch.snapshot()["path/weight"][1:, 0, 0].tolist() == kept[1:]


def test_a_large_net_has_no_path():
    module = net(2000)
    watch = PathWatch(module)
    moved(watch, module, updates=3)
    assert watch.snapshot() == {}


def test_the_path_of_a_resumed_run_has_no_start():
    module = net()
    watch = PathWatch(module)
    moved(watch, module, updates=3, start=7)
    assert watch.snapshot()["path/update"].tolist() == [8, 9, 10]


def test_snapshots_are_joined_by_update():
    module = net()
    first, then = PathWatch(module), PathWatch(module)
    moved(first, module, updates=4)
    early = first.snapshot()
    moved(then, module, updates=4, start=3)
    path = joined([early, {"filters": torch.zeros(2)}, then.snapshot()])
    assert path["update"].tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert path["weight"][1:, 0, 0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert joined([{}]) == {}
