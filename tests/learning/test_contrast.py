"""Data's and model's phase: what is clamped, what is drawn, and from where the chains go on."""

import pytest
import torch

from harmonium import Bernoulli, Dense, EnergyGraph, Gaussian, Lateral, exact, rbm
from harmonium.learning import CD, PCD, Exact, gradient, positive
from harmonium.random import generator
from harmonium.sampling import mean
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import GRAPHS
from tests.laws.specimens import numbers, random_state, randomised

N = 100_000


def small(seed=1):
    return randomised(rbm(3, 2), seed, std=1.0)


def rows_of(graph, n, **values):
    """n equal rows of the given states."""
    return {
        name: torch.tensor([x], dtype=torch.float64).repeat(n, 1) for name, x in values.items()
    }


def grads(graph, data):
    gradient(graph, data, model=exact.phase(graph))
    return [p.grad.clone() for p in graph.parameters()]


# --- the data's phase ------------------------------------------------------------------------


def test_observed_groups_stay_and_hidden_ones_get_their_fields():
    graph = small()
    batch = {"v": torch.eye(3, dtype=torch.float64)}
    data = positive(graph, batch)
    assert torch.equal(data.values["v"], batch["v"])
    assert data.fields.keys() == {"h"}
    assert torch.equal(data.fields["h"], graph.field("h", batch))
    assert data.weights.tolist() == [1 / 3] * 3


def test_weights_count_like_repeated_rows():
    graph = small()
    x = torch.eye(3, dtype=torch.float64)
    weighted = grads(graph, positive(graph, {"v": x}, weights=torch.tensor([2.0, 1.0, 3.0])))
    repeated = grads(graph, positive(graph, {"v": x[[0, 0, 1, 2, 2, 2]]}))
    equal = grads(graph, positive(graph, {"v": x}))
    for one, other in zip(weighted, repeated, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-15)
    assert any(
        (one - other).abs().max() > 1e-3 for one, other in zip(weighted, equal, strict=True)
    )


def test_the_scale_of_weights_does_not_count():
    graph = small()
    x = numbers(4, 3, seed=2).sigmoid()
    weights = torch.tensor([0.1, 0.4, 0.2, 0.3])
    one = positive(graph, {"v": x}, weights=weights).weights
    other = positive(graph, {"v": x}, weights=1000 * weights).weights
    assert float(one.sum()) == pytest.approx(1, abs=1e-7)
    assert torch.allclose(one, other, rtol=1e-6)


def test_rows_of_no_weight_do_not_count():
    graph = small()
    x = torch.eye(3, dtype=torch.float64)
    some = grads(graph, positive(graph, {"v": x}, weights=torch.tensor([1.0, 0.0, 1.0])))
    fewer = grads(graph, positive(graph, {"v": x[[0, 2]]}))
    assert all(torch.allclose(a, b, rtol=0, atol=1e-15) for a, b in zip(some, fewer, strict=True))


@pytest.mark.parametrize(
    "weights", [[1, -1, 1], [0, 0, 0], [1, float("nan"), 1], [1, float("inf"), 1]]
)
def test_weights_that_mean_nothing_are_refused(weights):
    graph = small()
    batch = {"v": torch.eye(3, dtype=torch.float64)}
    with pytest.raises(ValueError, match="finite, not negative and not all zero"):
        positive(graph, batch, weights=torch.tensor(weights, dtype=torch.float64))


@pytest.mark.parametrize("name", ["deep", "deeper", "gaussian-top", "triangle", "stranger"])
def test_mean_field_is_a_fixed_point(name):
    """Connected hidden groups: every mean is the one that the others' means send."""
    graph = GRAPHS[name]()
    first = next(iter(graph.units))
    batch = {first: random_state(graph, seed=3)[first]}
    data = positive(graph, batch, sweeps=300)
    assert torch.equal(data.values[first], batch[first])
    assert first not in data.fields
    for n, units in graph.units.items():
        if n != first:
            expected = units.mean(graph.field(n, data.values))
            assert (data.moments(graph, n)[0] - expected).abs().max() < 1e-9


def test_mean_field_of_a_self_wired_group():
    units = {"v": Bernoulli(3), "h": Bernoulli(4)}
    wires = {("v", "h"): Dense((3,), (4,)), ("h", "h"): Lateral((4,))}
    graph = randomised(EnergyGraph(units, wires), 5, std=0.5)
    data = positive(graph, {"v": torch.eye(3, dtype=torch.float64)}, sweeps=300)
    expected = units["h"].mean(graph.field("h", data.values))
    assert (data.moments(graph, "h")[0] - expected).abs().max() < 1e-9


# --- contrastive divergence ------------------------------------------------------------------


def kernel(graph, h, *, steps):
    """The exact distribution of (v, h) after sweeps of an RBM from a distribution of h."""
    states, _ = exact.distribution(graph)
    v, k = graph.units["v"].states(), graph.units["h"].states()
    down = torch.stack(
        [graph.units["v"].log_prob(v, graph.field("v", {"h": row[None]})).exp() for row in k]
    )
    up = torch.stack(
        [graph.units["h"].log_prob(k, graph.field("h", {"v": row[None]})).exp() for row in v]
    )
    for _ in range(steps):
        p_v = h @ down
        h = p_v @ up
    joint = p_v[:, None] * up
    where_v = (states["v"][:, None] == v).all(2).double().argmax(1)
    where_h = (states["h"][:, None] == k).all(2).double().argmax(1)
    return joint[where_v, where_h].detach()


@pytest.mark.parametrize("steps", [1, 2])
def test_cd_starts_from_the_data(steps):
    graph = small()
    batch = rows_of(graph, N, v=[1.0, 0.0, 1.0])
    data = positive(graph, batch)
    phase, chains = CD(steps)(graph, data, chains={}, source=generator(0))
    assert chains == {}
    k = graph.units["h"].states()
    one = {"v": batch["v"][:1]}
    start = graph.units["h"].log_prob(k, graph.field("h", one)).exp().detach()
    counts = counted(graph, drawn(graph, phase))
    assert abs(judge.chi_square(counts, kernel(graph, start, steps=steps))) < judge.LIMIT
    assert judge.chi_square(counts, kernel(graph, start, steps=3 - steps)) > judge.LIMIT


def drawn(graph, phase):
    """A phase's state with its hidden values drawn anew from their fields."""
    source = generator(99)
    fresh = {n: graph.units[n].sample(f, source) for n, f in phase.fields.items()}
    return {**phase.values, **fresh}


def test_cd_keeps_the_weights_of_the_data():
    graph = small()
    batch = {"v": torch.eye(3, dtype=torch.float64)}
    data = positive(graph, batch, weights=torch.tensor([1.0, 2.0, 5.0]))
    phase, _ = CD()(graph, data, chains={}, source=generator(0))
    assert torch.equal(phase.weights, data.weights)
    assert len(phase.values["v"]) == 3


@pytest.mark.parametrize("visible", [Bernoulli, Gaussian])
def test_cd_by_reconstruction_takes_means_of_what_was_observed(visible):
    """v becomes its mean given the drawn h, with a draw's second moment; h is drawn given it."""
    graph = randomised(rbm(visible(3), 2), 7)
    v = torch.ones(1, 3, dtype=torch.float64)
    data = positive(graph, {"v": v.repeat(N, 1)})
    phase, _ = CD(reconstruct=mean)(graph, data, chains={}, source=generator(8))
    k = graph.units["h"].states()
    expected = graph.units["v"].mean(graph.field("v", {"h": k})).detach()
    found = torch.cdist(phase.values["v"], expected)
    assert float(found.min(1).values.max()) < 1e-6
    p = graph.units["h"].log_prob(k, graph.field("h", {"v": v})).exp().detach()
    counts = torch.bincount(found.argmin(1), minlength=len(k))
    assert abs(judge.chi_square(counts, p)) < judge.LIMIT
    for one, other in zip(
        phase.moments(graph, "v"), graph.units["v"].moments(phase.fields["v"]), strict=True
    ):
        assert torch.equal(one, other)
    assert torch.equal(phase.moments(graph, "v")[0], phase.values["v"])
    given = graph.field("h", {"v": phase.values["v"]})
    assert torch.allclose(phase.fields["h"], given, rtol=0, atol=1e-12)


# --- chains that persist ---------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2])
def test_pcd_goes_on_from_the_chains_handed_in(steps):
    graph = small()
    chains = rows_of(graph, N, v=[0.0, 1.0, 0.0], h=[1.0, 1.0])
    data = positive(graph, {"v": torch.eye(3, dtype=torch.float64)})
    phase, after = PCD(steps, chains=7)(graph, data, chains=chains, source=generator(1))
    assert all(torch.equal(phase.values[n], after[n]) for n in after)
    assert torch.equal(chains["v"][0], torch.tensor([0.0, 1.0, 0.0]).double())
    start = torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=torch.float64)
    counts = counted(graph, after)
    assert abs(judge.chi_square(counts, kernel(graph, start, steps=steps))) < judge.LIMIT
    assert judge.chi_square(counts, kernel(graph, start, steps=3 - steps)) > judge.LIMIT


def test_the_first_chains_start_from_biases_alone():
    """The first group as if nothing were connected, the other given it, then the sweeps."""
    graph = small()
    data = positive(graph, {"v": torch.eye(3, dtype=torch.float64)})
    phase, after = PCD(chains=N)(graph, data, chains={}, source=generator(2))
    assert len(after["v"]) == len(after["h"]) == N
    assert phase.weights.tolist() == [1 / N] * N
    v, h = graph.units["v"], graph.units["h"]
    alone = v.log_prob(v.states(), torch.zeros(1, 3, dtype=torch.float64)).exp()
    given = [h.log_prob(h.states(), graph.field("h", {"v": x[None]})).exp() for x in v.states()]
    start = (alone @ torch.stack(given)).detach()
    assert (
        abs(judge.chi_square(counted(graph, after), kernel(graph, start, steps=1))) < judge.LIMIT
    )


@pytest.mark.parametrize("name", [n for n in GRAPHS if not n.endswith("multinomial")])
def test_a_mean_replaces_a_draw_only_where_no_neighbour_moved_since(name):
    graph = GRAPHS[name]()
    data = positive(graph, random_state(graph, seed=4))
    phase, _ = PCD(2, chains=5)(graph, data, chains={}, source=generator(3))
    assert phase.fields or graph.blocks([*graph.units][-1])
    for n, given in phase.fields.items():
        assert torch.allclose(given, graph.field(n, phase.values), rtol=0, atol=1e-12)
        assert not graph.neighbours(n) & set(phase.fields)


# --- enumeration -----------------------------------------------------------------------------


def test_exact_is_the_enumerated_phase():
    graph = small()
    data = positive(graph, {"v": torch.eye(3, dtype=torch.float64)})
    phase, chains = Exact()(graph, data, chains={"v": torch.ones(1, 3)}, source=None)
    assert chains == {}
    for name, found in exact.moments(graph).items():
        mean = torch.tensordot(phase.weights, phase.moments(graph, name)[0], 1)
        assert torch.allclose(mean, found[0], rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("contrast", "unbiased"), [(PCD(chains=N), True), (CD(), False)], ids=["pcd", "cd"]
)
def test_bias_of_the_gradient(contrast, unbiased):
    """From equilibrium PCD's gradient is right on average; CD's is not, on data off the model."""
    graph = small(seed=6)
    data = positive(graph, rows_of(graph, N, v=[1.0, 1.0, 0.0]))
    chains = exact.draw(graph, N, source=generator(4))
    phase, _ = contrast(graph, data, chains=chains, source=generator(5))
    h = phase.moments(graph, "h")[0]
    products = h[:, :, None] * phase.values["v"][:, None, :]
    v, h = graph.units["v"].states(), None
    p = exact.log_prob(graph, {"v": v}).exp()
    h = graph.units["h"].mean(graph.field("h", {"v": v}))
    expected = torch.einsum("s,sj,si->ji", p, h, v).detach()
    assert (abs(judge.mean(products, expected)) < judge.LIMIT) is unbiased
