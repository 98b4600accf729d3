import pytest
import torch
from torch.testing import assert_close

from harmonium.learning import hebb, pseudo_inverse, storkey
from harmonium.machines import hopfield
from harmonium.random import generator
from harmonium.sampling import recall

RULES = {"hebb": hebb, "storkey": storkey, "pseudo_inverse": pseudo_inverse}
every_rule = pytest.mark.parametrize("rule", RULES)


def spins(p, n, *, seed=1):
    return torch.randint(0, 2, (p, n), generator=generator(seed)).double() * 2 - 1


def stable(weights, patterns):
    """Which patterns are fixed points."""
    return (patterns * (patterns @ weights) > 0).all(1)


@every_rule
def test_weights_are_symmetric_with_an_empty_diagonal(rule):
    weights = RULES[rule](spins(4, 12))
    assert weights.shape == (12, 12)
    assert weights.dtype == torch.float64
    assert_close(weights, weights.mT)
    assert float(weights.diagonal().abs().max()) == 0


@every_rule
def test_one_pattern_is_stored_and_so_is_its_negative(rule):
    one = spins(1, 9)
    assert bool(stable(RULES[rule](one), one).all())
    assert bool(stable(RULES[rule](one), -one).all())


@every_rule
def test_shaped_patterns_are_flattened(rule):
    x = spins(3, 12)
    assert torch.equal(RULES[rule](x.reshape(3, 3, 4)), RULES[rule](x))


@every_rule
def test_values_other_than_spins_are_refused(rule):
    with pytest.raises(ValueError, match=r"2 of 4 values are neither -1 nor \+1.*2 x - 1"):
        RULES[rule](torch.tensor([[0.0, 1.0, -1.0, 0.5]]))


def test_hebb_by_hand():
    weights = hebb(torch.tensor([[1.0, 1.0, -1.0], [1.0, -1.0, -1.0]]))
    assert_close(weights, torch.tensor([[0, 0, -2.0], [0, 0, 0], [-2.0, 0, 0]]) / 3)


def test_storkey_by_its_definition():
    """Entry by entry, from h_ij = sum over k other than i and j."""
    rows = spins(3, 6)
    n = 6
    j = torch.zeros(n, n).double()
    for x in rows:
        h = torch.zeros(n, n).double()
        for a in range(n):
            for b in range(n):
                h[a, b] = sum(j[a, k] * x[k] for k in range(n) if k not in (a, b))
        new = j.clone()
        for a in range(n):
            for b in range(n):
                if a != b:
                    new[a, b] += (x[a] * x[b] - x[a] * h[b, a] - h[a, b] * x[b]) / n
        j = new
    assert_close(storkey(rows), j)


def test_storkey_holds_what_hebb_loses():
    x = spins(30, 150)
    assert int(stable(storkey(x), x).sum()) == 30
    assert int(stable(hebb(x), x).sum()) < 15


def test_the_projection_holds_any_independent_patterns():
    """Far past Hebb's capacity, and patterns that are nearly the same."""
    x = spins(60, 100)
    x[1] = x[0].clone()
    x[1, :3] *= -1
    assert int(stable(pseudo_inverse(x), x).sum()) == 60
    assert int(stable(hebb(x), x).sum()) < 6
    again = torch.cat([x, x[:5]])
    assert_close(pseudo_inverse(again), pseudo_inverse(x))


def test_the_field_on_a_stored_spin_is_its_margin():
    x = spins(5, 20)
    projection = torch.linalg.pinv(x) @ x
    assert_close(x @ pseudo_inverse(x), x * (1 - projection.diagonal()))


def test_a_mixture_of_three_is_spurious():
    """sign(a + b + c) was never stored and yet attracts (Hebb's rule, low load)."""
    x = spins(3, 999, seed=3)
    mixture = x.sum(0, keepdim=True).sign()
    net = hopfield(999, weights=hebb(x)).double()
    found = recall(net, {"x": mixture}).state["x"]
    assert float((found * mixture).mean()) > 0.99
    assert float((found @ x.mT / 999).abs().max()) < 0.7


def test_a_spin_in_which_alone_two_patterns_differ_is_told_by_no_other():
    """Its weights are zero, not rounding; the other spins are held, and it is set to +1."""
    x = spins(3, 8)
    x[1] = x[0]
    x[1, 5] *= -1
    weights = pseudo_inverse(x)
    assert not weights[5].any()
    assert not weights[:, 5].any()
    others = torch.arange(8) != 5
    field = x @ weights
    assert bool((x * field > 1e-3)[:, others].all())
    net = hopfield(8, weights=weights).double()
    energies = net.energy({"x": x})
    assert energies[0] == energies[1]
    found = recall(net, {"x": x}).state["x"]
    assert torch.equal(found[:, others], x[:, others])
    assert found[:, 5].tolist() == [1.0] * 3


def test_the_projection_holds_nearly_as_many_random_patterns_as_spins():
    x = spins(95, 100)
    assert int(stable(pseudo_inverse(x), x).sum()) == 95
