"""The machine of several pathways: wiring, learning and inference against enumeration."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Gaussian, ais, exact
from harmonium.learning import PCD, Learner, MeanField, linear_decay
from harmonium.machines import dbm, multimodal_dbm
from harmonium.machines.visible import visible_groups
from harmonium.random import generator, seeded
from harmonium.sampling import bound, mean_field
from tests.laws.specimens import randomised


def small(seed=5, std=0.8):
    graph = multimodal_dbm({"picture": [4, 3], "words": [3, 2]}, 2)
    return randomised(graph, seed, std=std).double()


def test_its_groups_and_wires():
    graph = multimodal_dbm({"a": [Gaussian(4), 3, 2], "b": [5], "c": [2, 2]}, 3)
    assert [*graph.units] == ["a", "b", "c", "a_h1", "c_h1", "a_h2", "joint"]
    assert [(e.source, e.target) for e in graph.edges] == [
        ("a", "a_h1"),
        ("a_h1", "a_h2"),
        ("a_h2", "joint"),
        ("b", "joint"),
        ("c", "c_h1"),
        ("c_h1", "joint"),
    ]
    assert visible_groups(graph) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("pathways", "said"),
    [
        ({"words": [3]}, "at least two are needed"),
        ({"words": [3], "picture": []}, "'picture' has no groups"),
        ({"words": [3], "joint": [2]}, "pathway 'joint': give it a name"),
        ({"words": [3], "two words": [2]}, "'two words': give it a name"),
        ({"a": [3, 2], "a_h1": [2]}, "the same name"),
    ],
)
def test_refusals(pathways, said):
    with pytest.raises(ValueError, match=said):
        multimodal_dbm(pathways, 2)


def test_two_pathways_are_a_deep_machine_seen_from_its_middle():
    """The energy of a, a_h1, joint, b_h1, b is that of a chain of five groups."""
    graph = multimodal_dbm({"a": [3, 2], "b": [2, 2]}, 2)
    chain = dbm(3, 2, 2, 2, 2)
    names = dict(zip(["a", "a_h1", "joint", "b_h1", "b"], chain.units, strict=True))
    randomised(graph, 3)
    with torch.no_grad():
        for mine, other in names.items():
            chain.units[other].bias.copy_(graph.units[mine].bias)
        for e in graph.edges:
            a, b = names[e.source], names[e.target]
            edge = next(f for f in chain.edges if {f.source, f.target} == {a, b})
            w = e.connection.weight
            edge.connection.weight.copy_(w if edge.source == a else w.mT)
    assert_close(exact.log_partition(graph), exact.log_partition(chain))


def test_learning_from_rows_of_both_kinds_raises_their_likelihood():
    target = small(std=1.5)
    rows = exact.draw(target, 2000, source=generator(1))
    seen = {name: rows[name] for name in ("picture", "words")}
    with seeded(2):
        graph = multimodal_dbm({"picture": [4, 3], "words": [3, 2]}, 2, std=0.3).double()

    def score():
        return float(exact.log_prob(graph, seen).mean())

    before = score()
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
    learner = Learner(
        graph, optimiser, contrast=PCD(chains=200), inference=MeanField(), source=generator(3)
    )
    schedule = linear_decay(optimiser, 400)
    for _ in range(400):
        learner.step(seen)
        schedule.step()
    best = float(exact.log_prob(target, seen).mean())
    assert score() > before + 0.5 * (best - before)


def test_the_bound_and_annealing_meet_the_enumerated_likelihood():
    graph = small()
    rows = exact.draw(graph, 50, source=generator(4))
    seen = {name: rows[name] for name in ("picture", "words")}
    log_z = exact.log_partition(graph)
    true = exact.log_prob(graph, seen)
    low = bound(graph, mean_field(graph, seen, tolerance=1e-8, cap=500), log_z=log_z)
    assert bool((low <= true + 1e-9).all())
    estimate = ais(graph, betas=300, chains=200, hold=seen, source=generator(5))
    assert_close(estimate.log_z - log_z, true, atol=0.1, rtol=0)
    wrong = estimate.log_z - log_z + 0.3  # a specimen that is off by .3 nats is found
    with pytest.raises(AssertionError):
        assert_close(wrong, true, atol=0.1, rtol=0)


@pytest.mark.parametrize("pathways", [{"a": 5, "b": [3]}, {1: [5], "b": [3]}])
def test_what_is_no_pathway_is_refused_in_words(pathways):
    with pytest.raises((TypeError, ValueError), match="^pathway "):
        multimodal_dbm(pathways, joint=2)
