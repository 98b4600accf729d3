"""Probabilities of documents against enumeration."""

import torch

from harmonium import exact, replicated_softmax
from harmonium.likelihood import Ladder
from harmonium.models import adapted
from tests.laws.specimens import randomised
from tests.models.toy_words import collection

LADDER = Ladder(betas=200, chains=100, sweeps=50)


def machine():
    graph = randomised(replicated_softmax(6, 3), 4, std=0.7)
    torch.nn.init.zeros_(graph.units["h"].bias)
    return graph


def enumerated(graph, counts):
    """log p of the counts, and of the words in their order."""
    of_counts = []
    for x in counts:
        bound = graph.given(v=x.sum())
        of_counts.append(-bound.free_energy({"v": x[None]}, "h")[0] - exact.log_partition(bound))
    coefficient = torch.lgamma(counts.sum(1) + 1) - torch.lgamma(counts + 1).sum(1)
    return torch.stack(of_counts).detach(), torch.stack(of_counts).detach() - coefficient


def rows():
    x = collection().test.x.double()
    return x[x.sum(1) > 0]


def test_small_machines_are_enumerated():
    graph, x = machine(), rows()
    found = adapted(graph).log_words(x, train=x, ladder=LADDER)
    of_counts, of_words = enumerated(graph, x)
    for side in ("forward", "reverse"):
        assert torch.allclose(found[side], of_words, atol=1e-9)
    assert float((of_counts - of_words).max()) > 1  # the wrong specimen: counts without order


def test_annealing_meets_enumeration_from_both_sides(monkeypatch):
    monkeypatch.setattr(exact, "quick", lambda graph: False)
    graph, x = machine(), rows()
    found = adapted(graph).log_words(x, train=x, ladder=LADDER)
    _, of_words = enumerated(graph, x)
    for side in ("forward", "reverse"):
        assert float((found[side] - of_words).abs().max()) < 0.15
        assert float((found[side] - of_words).mean().abs()) < 0.05


def test_the_free_energy_is_that_of_the_graph():
    graph, x = machine(), rows()
    model = adapted(graph)
    assert torch.equal(model.free_energy({"x": x}), graph.free_energy({"v": x}, "h").detach())


def test_free_samples_have_a_hundred_words_and_known_ones_keep_their_length():
    model = adapted(machine())
    free = model.sample(4, sweeps=2)["x"]
    assert torch.allclose(free.sum(1), torch.full((4,), 100.0).double())
    held = model.sample(1, given={"x": rows()[:1]}, sweeps=2)["x"]
    assert torch.equal(held, rows()[:1])
