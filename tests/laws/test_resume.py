"""Law 7: save, load, continue equals never stopping, to the bit."""

import io

import pytest
import torch

from harmonium import Bernoulli, Categorical, Dense, EnergyGraph, Gaussian, Lateral, rbm
from harmonium.data import Batches
from harmonium.learning import CD, L1, L2, PCD, Exact, Learner, MaxNorm, Sparsity, linear_decay
from harmonium.random import generator, seeded
from tests.laws.specimens import numbers

EPOCHS, STOP = 6, 3


def bits(n=23):
    return (numbers(n, 5, seed=1) > 0.3).float()


def reals():
    return numbers(23, 5, seed=2).float()


def letters():
    return torch.nn.functional.one_hot(torch.arange(23 * 2).reshape(23, 2) % 3, 3).float()


def self_wired():
    units = {"v": Bernoulli(5), "h": Bernoulli(3)}
    return EnergyGraph(units, {("v", "v"): Lateral((5,)), ("v", "h"): Dense((5,), (3,))})


def deep():
    units = {"v": Bernoulli(5), "a": Bernoulli(3), "b": Bernoulli(2)}
    return EnergyGraph(units, {("v", "a"): Dense((5,), (3,)), ("a", "b"): Dense((3,), (2,))})


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=0.01)


PENALTIES = [L1(0.001), L2(0.01), Sparsity(0.2, 0.5), MaxNorm(1.0)]

CASES = {
    "cd": (lambda: rbm(5, 3), bits, sgd, {"contrast": CD()}),
    "cd-3": (lambda: rbm(5, 3), bits, adam, {"contrast": CD(3)}),
    "pcd": (lambda: rbm(5, 3), bits, sgd, {"contrast": PCD(chains=7)}),
    "pcd-adam": (lambda: rbm(5, 3), bits, adam, {"contrast": PCD(2, chains=30)}),
    "pcd-plain": (lambda: rbm(5, 3), bits, sgd, {"contrast": PCD(), "centring": None}),
    "penalties": (
        lambda: rbm(5, 3),
        bits,
        sgd,
        {"contrast": PCD(chains=7), "penalties": PENALTIES},
    ),
    "pcd-fixed": (lambda: rbm(5, 3), bits, sgd, {"contrast": PCD(), "products": "fixed"}),
    "cd-fixed": (lambda: rbm(5, 3), bits, sgd, {"contrast": CD(2), "products": "fixed"}),
    "exact": (lambda: rbm(5, 3), bits, sgd, {"contrast": Exact()}),
    "gaussian": (lambda: rbm(Gaussian(5), 3), reals, adam, {"contrast": PCD(chains=7)}),
    "categorical": (lambda: rbm(Categorical(2, 3), 3), letters, sgd, {"contrast": PCD(chains=7)}),
    "self-wired": (self_wired, bits, sgd, {"contrast": PCD(chains=7)}),
    "deep": (deep, bits, adam, {"contrast": PCD(chains=7)}),
}


class Run:
    """Everything that goes on: learner, batches, schedule; ``state`` is all that must be kept."""

    def __init__(self, case, *, seed):
        build, data, optimiser, settings = CASES[case]
        with seeded(seed):
            graph = build()
        self.source = generator(seed)
        self.learner = Learner(
            graph, optimiser(graph.parameters()), source=self.source, **settings
        )
        self.batches = Batches(data(), size=5, source=self.source)
        self.schedule = linear_decay(self.learner.optimiser, EPOCHS * len(self.batches))

    def go(self, epochs):
        for _ in range(epochs):
            for batch in self.batches:
                self.learner.step({"v": batch})
                self.schedule.step()
        return self

    def state(self):
        return {"learner": self.learner.state_dict(), "schedule": self.schedule.state_dict()}

    def load(self, state):
        self.learner.load_state_dict(state["learner"])
        self.schedule.load_state_dict(state["schedule"])
        return self


def through_a_file(state):
    """What comes back from torch's own format without pickled classes."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def differences(one, other, path=""):
    """Where two nested states differ in a single bit, or in type, keys or length."""
    if isinstance(one, torch.Tensor):
        same = one.dtype == other.dtype and torch.equal(one, other)
        return [] if same else [path]
    if type(one) is not type(other):
        return [path]
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return [path]
        return [d for k in one for d in differences(one[k], other[k], f"{path}/{k}")]
    if isinstance(one, list | tuple):
        if len(one) != len(other):
            return [path]
        pairs = enumerate(zip(one, other, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{path}/{i}")]
    return [] if one == other else [path]


def interrupted(case, *, forget=()):
    """Stopped halfway, saved, loaded into fresh objects of another seed, and continued.

    ``forget`` names parts that stay those of the fresh objects.
    """
    state = through_a_file(Run(case, seed=1).go(STOP).state())
    fresh = Run(case, seed=2)
    for part in forget:
        if part == "schedule":
            state["schedule"] = fresh.state()["schedule"]
        else:
            state["learner"][part] = fresh.learner.state_dict()[part]
    return fresh.load(state).go(EPOCHS - STOP)


@pytest.mark.parametrize("case", CASES)
def test_to_the_bit(case):
    expected = Run(case, seed=1).go(EPOCHS).state()
    assert differences(expected, interrupted(case).state()) == []


def test_in_the_middle_of_everything():
    """Saved after every single update of an epoch, not only between epochs."""
    whole = Run("pcd", seed=1)
    batches = list(whole.batches)
    start = through_a_file(whole.state())
    for stop in range(len(batches)):
        one = Run("pcd", seed=3).load(start)
        for k, batch in enumerate(batches):
            if k == stop:
                one = Run("pcd", seed=4 + k).load(through_a_file(one.state()))
            one.learner.step({"v": batch})
            one.schedule.step()
        if stop == 0:
            expected = one.state()
        assert differences(expected, one.state()) == []


def test_a_loaded_state_is_no_longer_tied_to_where_it_came_from():
    """Chains and offsets handed over are copies: the old learner goes on without harm."""
    old = Run("pcd", seed=1).go(STOP)
    state = through_a_file(old.state())
    new = Run("pcd", seed=2).load(state)
    before = through_a_file(new.state())
    old.load(state).go(2)
    assert differences(before, new.state()) == []


@pytest.mark.parametrize("case", CASES)
def test_the_run_has_something_to_lose(case):
    """Parameters, and with them everything else, still move after the stop."""
    halfway = through_a_file(Run(case, seed=1).go(STOP).state())
    end = Run(case, seed=1).go(EPOCHS).state()
    assert any(where.startswith("/learner/graph/") for where in differences(halfway, end))


@pytest.mark.parametrize(
    ("case", "part"),
    [
        ("pcd", "graph"),
        ("pcd", "optimiser"),
        ("pcd-adam", "optimiser"),
        ("pcd", "chains"),
        ("pcd", "offsets"),
        ("pcd", "source"),
        ("cd", "source"),
        ("exact", "source"),
        ("pcd", "schedule"),
    ],
)
def test_forgetting_a_part_is_caught(case, part):
    expected = Run(case, seed=1).go(EPOCHS).state()
    assert differences(expected, interrupted(case, forget=[part]).state()) != []


def test_a_hidden_difference_is_seen():
    assert differences({"a": [torch.zeros(2)]}, {"a": [torch.tensor([0.0, 1e-45])]}) == ["/a/0"]
    assert differences({"a": torch.zeros(1)}, {"a": torch.zeros(1).double()}) == ["/a"]
    assert differences({"a": 1}, {"b": 1}) == [""]
    assert differences({"a": [1]}, {"a": [1, 2]}) == ["/a"]
    assert differences({"a": 1}, {"a": 1.0}) == ["/a"]
