"""What goes wrong is found; what is well is not."""

import torch

import harmonium as hm
from harmonium.watch.findings import WeightsFindingsWatch
from tests.runs import small


def test_dead_units_and_runaway_weights_are_found():
    work = small.Work()
    stage = small.energy(work)
    for _ in range(3):
        stage.update()
    (watch,) = [w for w in stage.watches if type(w).__name__ == "FindingsWatch"]
    assert watch.notice(1, updates=3) == {"findings": []}
    with torch.no_grad():
        work.machine.units["h"].bias.fill_(-50.0)
        work.machine.connections["v-h"].weight.mul_(1e5)
    kinds = {finding["kind"] for finding in watch.notice(1, updates=3)["findings"]}
    assert "runaway weights" in kinds


def test_few_updates_are_found_unless_there_was_one_pass():
    work = small.Work()
    (watch,) = [w for w in small.energy(work).watches if type(w).__name__ == "FindingsWatch"]
    kinds = [f["kind"] for f in watch.notice(3, updates=15)["findings"]]
    assert kinds == ["few updates"]
    assert watch.notice(1, updates=15)["findings"] == []
    assert watch.notice(100, updates=500)["findings"] == []


def test_weights_of_any_layer_that_run_away():
    net = hm.belief_net(6, 5, 4)
    watch = WeightsFindingsWatch(net.graphs)
    assert watch.notice(1, updates=9) == {"findings": []}
    with torch.no_grad():
        net.graphs[1].connections["v-h"].weight.fill_(1e4)
    (found,) = watch.notice(1, updates=9)["findings"]
    assert found["kind"] == "runaway weights"
    assert found["remedy"]
