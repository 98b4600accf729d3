"""When products are in fixed point, and what they refuse; their numbers are a law."""

import copy

import pytest
import torch
from torch.optim import SGD, Adam

from harmonium import Gaussian, rbm
from harmonium.learning import CD, L1, PCD, Clamped, Exact, Learner, fixed
from harmonium.random import generator
from harmonium.sampling import mean
from tests.laws.specimens import numbers, randomised


def learner(graph=None, optimiser=None, **settings):
    graph = randomised(rbm(20, 16), 1).float() if graph is None else graph
    optimiser = SGD(graph.parameters(), lr=0.1, momentum=0.5) if optimiser is None else optimiser
    settings = {"source": generator(2), "products": "fixed", **settings}
    return Learner(graph, optimiser, **settings)


def bits(seed, *, rows=12):
    return {"v": (numbers(rows, 20, seed=seed) > 0.3).float()}


def values(one):
    return [*one.graph.parameters(), *one.chains.values(), *one.offsets.values()]


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(values(one), values(other), strict=True))


def test_a_learner_multiplies_in_floating_point_unless_told():
    graph = rbm(20, 16)
    plain = Learner(graph, SGD(graph.parameters(), lr=0.1))
    plain.step(bits(1))
    assert type(plain._bound[1].products) is not fixed.FixedProducts
    plain.products = "fixed"
    plain.step(bits(1))
    assert type(plain._bound[1].products) is fixed.FixedProducts


def with_adam():
    graph = rbm(20, 16)
    return learner(graph, Adam(graph.parameters()))


REFUSED = {
    "family": (lambda: learner(rbm(Gaussian(20), 16)), "Bernoulli RBM"),
    "optimiser": (with_adam, r"torch\.optim\.SGD"),
    "contrast": (lambda: learner(contrast=Exact()), "CD or PCD"),
    "penalty": (lambda: learner(penalties=[L1(0.1)]), "but L2"),
    "means": (lambda: learner(contrast=CD(1, mean)), "CD\\(reconstruct=sample\\)"),
    "double": (lambda: learner(rbm(20, 16).double()), "the parameters torch.float64"),
    "readable": (lambda: learner(fused=False), "products='fixed'.*'float'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_says_why_there_is_none_and_what_to_do(case):
    build, message = REFUSED[case]
    with pytest.raises(ValueError, match=message) as caught:
        build().step(bits(1))
    assert "float" in str(caught.value)


def test_hidden_data_is_refused():
    with pytest.raises(ValueError, match="first group alone"):
        learner().step({**bits(1), "h": torch.ones(12, 16)})


def test_another_word_is_refused():
    with pytest.raises(ValueError, match="'bytes'.*'float' or 'fixed'"):
        learner(products="bytes").step(bits(1))


def test_sums_that_may_not_fit_are_refused():
    many = learner(contrast=PCD(chains=2**17))
    with pytest.raises(ValueError, match=r"131084 rows.*smaller batches"):
        many.step(bits(1))


def test_inference_that_is_exact_is_no_reason():
    one, other = learner(inference=Clamped()), learner()
    for k in range(3):
        one.step(bits(k))
        other.step(bits(k))
    assert same(one, other)


def test_grey_rows_go_by_floating_point():
    """To the bit, and binary ones after them in fixed point again."""
    one, other = learner(), learner(products="float")
    for k in range(4):
        grey = {"v": bits(k)["v"] * 0.5}
        one.step(grey)
        other.step(grey)
        assert same(one, other)
    one.step(bits(5))
    other.step(bits(5))
    assert not same(one, other)
    for a, b in zip(one.graph.parameters(), other.graph.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0.01)


def test_rows_may_be_booleans():
    one, other = learner(), learner()
    one.step(bits(1))
    other.step({"v": bits(1)["v"].bool()})
    assert same(one, other)


@pytest.mark.parametrize("contrast", [PCD(2, chains=5), CD(2)], ids=["pcd", "cd"])
def test_a_processor_without_byte_products_gives_the_same_bits(monkeypatch, contrast):
    one, other = learner(contrast=contrast), learner(contrast=copy.copy(contrast))
    for k in range(10):
        one.step(bits(k))
    monkeypatch.setattr(fixed, "FAST", not fixed.FAST)
    for k in range(10):
        other.step(bits(k))
    assert same(one, other)


def test_weights_of_zero_are_a_grid_too():
    one = learner(rbm(20, 16, std=0.0), centring=None)
    one.step(bits(1))
    assert all(bool(p.isfinite().all()) for p in one.graph.parameters())
    assert float(one.graph.edges[0].connection.weight.detach().abs().max()) > 0


def test_sums_of_whole_numbers_are_exact_however_long():
    g = generator(3)
    a = torch.randint(-127, 128, (3, 5000), generator=g)
    b = torch.randint(-127, 128, (5000, 4), generator=g)
    for n in (10, fixed._PIECE, fixed._PIECE + 1, 5000):
        out = torch.empty(3, 4, dtype=torch.int32)
        found = fixed.whole(a[:, :n].float(), b[:n].float(), out=out)
        assert torch.equal(found.long(), a[:, :n] @ b[:n])


CPU = torch.device("cpu")


def test_a_processor_without_byte_products_is_told(monkeypatch):
    monkeypatch.setattr(fixed, "FAST", True)
    assert fixed.advice(CPU) is None
    monkeypatch.setattr(fixed, "FAST", False)
    assert "AVX-512 VNNI" in fixed.advice(CPU)
    assert "products='float'" in fixed.advice(CPU)


def test_a_device_that_is_no_cpu_is_told():
    assert "on cuda:1 all products are computed in single" in fixed.advice(torch.device("cuda", 1))
