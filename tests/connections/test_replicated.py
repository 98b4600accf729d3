import torch
from torch.testing import assert_close

from harmonium import Dense, Replicated
from tests.laws.specimens import numbers, randomised


def same():
    """A replicated connection, and the dense one that it equals."""
    one = randomised(Replicated((5,), (3,)), 1)
    dense = Dense((5,), (3,)).double()
    dense.weight.data.copy_(one.weight + one.bias[:, None])
    return one, dense


def test_it_is_dense_with_the_bias_in_every_column():
    one, dense = same()
    x, y = numbers(4, 5, seed=2), numbers(4, 3, seed=3)
    assert_close(one(x), dense(x))
    assert_close(one.adjoint(y), dense.adjoint(y))
    assert_close(one.energy(x, y), dense.energy(x, y))
    assert_close(one.layer()(x), dense.layer()(x))
    assert_close(one.layer(transposed=True)(y), dense.layer(transposed=True)(y))


def test_a_hidden_bias_without_the_total_is_another_model():
    """The wrong specimen: a bias that is added once fits totals of 1 only."""
    one, _ = same()
    once = Dense((5,), (3,)).double()
    once.weight.data.copy_(one.weight)
    x = torch.eye(5, dtype=torch.float64)
    assert_close(one(x), once(x) + one.bias)
    assert float((one(2 * x) - once(2 * x) - one.bias).detach().abs().max()) > 0.1


def test_the_bias_sums_the_gradients_of_all_words():
    one, _ = same()
    x, y, weights = numbers(4, 5, seed=2), numbers(4, 3, seed=3), torch.full((4,), 0.25).double()
    found = one.correlate(x, y, weights=weights)
    assert_close(found["bias"], found["weight"].sum(1))


def test_some_units_of_either_side():
    one, _ = same()
    x, y, rows = numbers(4, 5, seed=2), numbers(4, 3, seed=3), torch.tensor([2, 0])
    assert_close(one(x, rows=rows), one(x)[:, rows])
    assert_close(one.adjoint(y, rows=rows), one.adjoint(y)[:, rows])
