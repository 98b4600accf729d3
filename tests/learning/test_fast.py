"""Fast weights: what the chains are swept under, how it decays, and chains that move more."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact, rbm
from harmonium.learning import FPCD, PCD, Learner, gradient, positive
from harmonium.random import generator
from harmonium.sampling import tempered
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state, randomised


def setting(name="rbm"):
    graph = GRAPHS[name]()
    first = next(iter(graph.units))
    return graph, positive(graph, {first: random_state(graph)[first]})


def kept(graph, chains):
    return {n: x for n, x in chains.items() if n in graph.units}


def test_without_a_rate_it_is_pcd():
    graph, data = setting("deep")
    chains = {}, {}
    for seed in range(3):
        one, first = FPCD(2, chains=7, rate=0.0)(
            graph, data, chains=chains[0], source=generator(seed)
        )
        other, second = PCD(2, chains=7)(graph, data, chains=chains[1], source=generator(seed))
        chains = first, second
        assert all(torch.equal(first[n], second[n]) for n in graph.units)
        assert one.fields.keys() == other.fields.keys()
        for n in graph.units:
            assert_close(one.moments(graph, n)[0], other.moments(graph, n)[0])


def test_the_machine_is_left_as_it_is():
    graph, data = setting()
    before = {n: p.detach().clone() for n, p in graph.named_parameters()}
    _, chains = FPCD(1, chains=5)(graph, data, chains={}, source=generator(1))
    FPCD(1, chains=5)(graph, data, chains=chains, source=generator(1))
    assert all(torch.equal(p, before[n]) for n, p in graph.named_parameters())
    assert all(p.grad is None for p in graph.parameters())


def test_fast_parameters_follow_the_gradient_and_decay():
    graph, data = setting()
    contrast = FPCD(1, chains=50, rate=0.1, decay=0.9)
    model, chains = contrast(graph, data, chains={}, source=generator(1))
    gradient(graph, data, model=model)
    for name, p in graph.named_parameters():
        assert_close(chains[f"fast {name}"], -0.1 * p.grad)
    still = FPCD(1, chains=50, rate=0.0, decay=0.9)
    _, later = still(graph, data, chains=chains, source=generator(1))
    for name, _ in graph.named_parameters():
        assert_close(later[f"fast {name}"], 0.9 * chains[f"fast {name}"])


@pytest.mark.parametrize("name", ["rbm", "rbm-gaussian"])
def test_the_data_do_not_hear_the_fast_parameters(name):
    """From large fast parameters: both kinds still follow one gradient, the machine's own data
    less the chains."""
    graph, data = setting(name)
    fast = {
        f"fast {n}": torch.full_like(p, 0.5).detach()
        for n, p in graph.named_parameters()
        if not n.endswith("log_precision")
    }
    contrast = FPCD(1, chains=50, rate=0.1, decay=0.9)
    start = exact.draw(graph, 50, source=generator(3))
    model, chains = contrast(graph, data, chains={**start, **fast}, source=generator(1))
    gradient(graph, data, model=model)
    for key, before in fast.items():
        slope = graph.get_parameter(key.removeprefix("fast ")).grad
        assert_close(chains[key], 0.9 * before - 0.1 * slope)
    seen = data.moments(graph, "h")[0].T @ data.weights
    sides = seen - model.moments(graph, "h")[0].T @ model.weights
    assert_close(chains["fast units.h.bias"], (0.9 * 0.5 + 0.1 * sides).detach())


def test_chains_are_swept_under_the_sum():
    """With fast parameters held at some values: the distribution of the graph with both."""
    graph, data = setting()
    fast = {f"fast {n}": torch.full_like(p, 0.5).detach() for n, p in graph.named_parameters()}
    both = randomised(rbm(4, 3), 1)
    both.load_state_dict({n: p + 0.5 for n, p in graph.state_dict().items()})
    contrast = FPCD(1, chains=40_000, rate=0.0, decay=1.0)
    start = exact.draw(both, 40_000, source=generator(1))
    model, chains = contrast(graph, data, chains={**start, **fast}, source=generator(2))
    truth = exact.moments(both)
    assert_close(chains["v"].mean(0), truth["v"][0].detach(), rtol=0, atol=0.02)
    expected = model.moments(graph, "h")[0].mean(0)  # read by the machine's own units
    assert_close(expected.detach(), truth["h"][0].detach(), rtol=0, atol=0.02)


def test_precisions_have_no_fast_part():
    graph, data = setting("rbm-gaussian")
    _, chains = FPCD(1, chains=5)(graph, data, chains={}, source=generator(1))
    assert {n for n in chains if n.startswith("fast")} == {
        "fast units.v.bias",
        "fast units.h.bias",
        "fast connections.v-h.weight",
    }


def two_modes():
    graph = rbm(8, 3).double()
    with torch.no_grad():
        graph.connections["v-h"].weight.fill_(3.0)
        graph.units["v"].bias.fill_(-4.5)
        graph.units["h"].bias.fill_(-12.0)
    return graph


@pytest.mark.parametrize(("rate", "visits"), [(0.0, False), (0.5, True)])
def test_chains_leave_a_mode_that_plain_ones_stay_in(rate, visits):
    """The data has both modes, the chains begin in one: raised energy drives them out."""
    graph = two_modes()
    data = positive(graph, {"v": torch.tensor([[0.0] * 8, [1.0] * 8]).double()})
    chains = {"v": torch.zeros(20, 8).double(), "h": torch.zeros(20, 3).double()}
    on, source = [], generator(1)
    for _ in range(100):
        _, chains = FPCD(1, chains=20, rate=rate)(graph, data, chains=chains, source=source)
        on.append(float(chains["v"].mean()))
    assert max(on) > 0.25 if visits else max(on) < 0.1


def test_a_learner_takes_it_and_goes_on_from_its_state():
    def made():
        graph = randomised(rbm(4, 3), 3, std=0.5)
        optimiser = torch.optim.SGD(graph.parameters(), lr=0.1)
        return Learner(graph, optimiser, FPCD(1, chains=5), source=generator(2))

    batch = {"v": torch.eye(4).double()}
    one, other = made(), made()
    for _ in range(3):
        one.step(batch)
    other.load_state_dict(one.state_dict())
    one.step(batch)
    other.step(batch)
    assert all(
        torch.equal(a, b)
        for a, b in zip(one.graph.parameters(), other.graph.parameters(), strict=True)
    )
    assert all(torch.equal(one.chains[n], other.chains[n]) for n in one.chains)


def test_a_view_is_refused():
    graph, data = setting()
    with pytest.raises(TypeError, match="need a machine"):
        FPCD()(tempered(graph, 0.5), data, chains={}, source=None)
