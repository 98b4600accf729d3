import pytest
import torch
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.units import Categorical


def test_log_prob_is_torchs():
    units, field = Categorical(2, 3), torch.randn(5, 2, 3, generator=generator(1))
    x = units.sample(field, generator(2))
    theirs = torch.distributions.OneHotCategorical(logits=field).log_prob(x).sum(1)
    assert_close(units.log_prob(x, field), theirs)


def test_draws_and_modes_are_one_hot():
    units, field = Categorical(4, 3), torch.randn(50, 4, 3, generator=generator(1))
    for x in (units.sample(field, generator(2)), units.mode(field)):
        assert x.unique().tolist() == [0.0, 1.0]
        assert_close(x.sum(-1), torch.ones(50, 4))


def test_a_gauge_changes_nothing():
    units, field = Categorical(2, 3), torch.randn(5, 2, 3, generator=generator(1))
    x, gauge = units.sample(field, generator(2)), torch.randn(5, 2, 1, generator=generator(1))
    assert_close(units.log_prob(x, field + gauge), units.log_prob(x, field))


def test_start_is_in_the_zero_sum_gauge_and_finite():
    bias = Categorical(2, 3).start([torch.tensor([[0.5, 0.5, 0.0], [0.2, 0.3, 0.5]])])["bias"]
    assert_close(bias.sum(-1), torch.zeros(2))
    assert_close(torch.softmax(bias, -1)[1], torch.tensor([0.2, 0.3, 0.5]))
    assert float(torch.softmax(bias, -1)[0, 2]) == pytest.approx(0.001, rel=1e-2)


def test_states_have_the_first_unit_the_slowest():
    picked = Categorical(2, 3).states().argmax(-1)
    assert picked.tolist() == [[a, b] for a in range(3) for b in range(3)]
    assert Categorical(3).states().tolist() == torch.eye(3).tolist()


def test_too_many_states_are_refused():
    assert Categorical(3, 5, 4).count() == 4**15
    with pytest.raises(ValueError, match="15 units of 4 states: at most 4194304"):
        Categorical(3, 5, 4).states()


def test_category_numbers_are_told_how_to_become_vectors():
    with pytest.raises(ValueError, match=r"sum to 2 to 3; .*torch.nn.functional.one_hot"):
        Categorical(2).check(torch.tensor([[0.0, 2.0], [1.0, 2.0]]))
    assert Categorical(2).check(torch.tensor([[0.4, 0.6]])) is None  # means
