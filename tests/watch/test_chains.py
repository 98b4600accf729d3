"""How much the chains move."""

import torch

from harmonium.learning import CD
from tests.runs import small


def watch_of(stage):
    (found,) = [w for w in stage.watches if type(w).__name__ == "ChainWatch"]
    return found


def begun():
    stage = small.energy(small.Work())
    for _ in range(5):
        stage.update()
    return stage


def test_flips_of_chains_that_cannot_move():
    stage = begun()
    watch, learner = watch_of(stage), stage.learner.learner
    assert 0 < watch.measure(1)["chains/flip_rate"] < 1
    with torch.no_grad():
        learner.graph.units["v"].bias.fill_(1e4)
    learner.chains["v"].fill_(1.0)
    assert watch.measure(1)["chains/flip_rate"] == 0


def test_the_same_epoch_gives_the_same_numbers():
    watch = watch_of(begun())
    assert watch.measure(1) == watch.measure(1)
    assert watch.measure(1) != watch.measure(2)


def test_a_snapshot_shows_means_of_the_chains():
    stage = begun()
    chains, graph = stage.learner.learner.chains, stage.learner.module
    shown = watch_of(stage).snapshot()["chains"]
    expected = graph.units["v"].mean(graph.field("v", chains)).detach()
    torch.testing.assert_close(shown, expected)
    stage.learner.learner.contrast, stage.learner.learner.chains = CD(), {}
    assert watch_of(stage).snapshot() == {}
    assert watch_of(stage).measure(1) == {}
