import itertools
import math

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact, rbm
from harmonium.random import generator, seeded
from harmonium.units import Multinomial


def test_log_prob_is_torchs():
    units, field = (
        Multinomial(4).given(torch.tensor(6.0)),
        torch.randn(5, 4, generator=generator(1)),
    )
    x = units.sample(field, generator(2))
    theirs = torch.distributions.Multinomial(6, logits=field).log_prob(x)
    assert_close(units.log_prob(x, field), theirs)


def test_what_needs_a_length_says_how_to_give_it():
    units, field = Multinomial(3), torch.zeros(1, 3)
    for ask in (units.log_partition, units.moments, units.sample, units.mode):
        with pytest.raises(ValueError, match=r"bind it by graph.given\(v=x.sum\(1\)\)"):
            ask(field)
    assert_close(units.energy(torch.tensor([[2.0, 1.0, 0.0]])), torch.tensor([-math.log(3)]))


def test_every_row_has_its_own_length():
    lengths = torch.tensor([0.0, 3.0, 11.0, 400.0])
    units, field = Multinomial(5).given(lengths), torch.randn(4, 5, generator=generator(1))
    for x in (units.sample(field, generator(2)), units.mode(field), units.mean(field)):
        assert_close(x.sum(1), lengths)
    assert_close(units.sample(field, generator(2))[0], torch.zeros(5))


def test_nothing_but_empty_rows():
    units = Multinomial(3).given(torch.zeros(2))
    assert_close(units.sample(torch.randn(2, 3, generator=generator(1))), torch.zeros(2, 3))
    assert_close(units.mode(torch.randn(2, 3, generator=generator(1))), torch.zeros(2, 3))
    assert Multinomial(3).given(torch.tensor(0)).states().tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_mode_is_greedy(dtype):
    """Each next count goes where p_k / (x_k + 1) is largest."""
    source = generator(1, "cpu")
    for n in (1, 7, 100):
        field = torch.randn(20, 6, generator=source, dtype=dtype)
        units = Multinomial(6).to(dtype).given(torch.tensor(n))
        p, x = torch.softmax(field, 1), torch.zeros(20, 6, dtype=dtype)
        for _ in range(n):
            x[torch.arange(20), (p / (x + 1)).argmax(1)] += 1
        assert_close(units.mode(field).detach(), x)


@pytest.mark.parametrize("n", [1, 3, 4, 6, 1000])
def test_ties_are_handed_out_too(n):
    mode = Multinomial(3).given(torch.tensor(n)).mode(torch.zeros(2, 3)).detach()
    assert_close(mode.sum(1), torch.full((2,), float(n)))
    assert float(mode.max() - mode.min()) <= 1


def test_the_last_count_goes_to_one_of_those_that_tie():
    """The second of two goes to a word at 1/1, not to the one that has one already, at 1.9/2."""
    field = torch.tensor([[1.0, 1.0, 1.9]], dtype=torch.float64).log()
    mode = Multinomial(3).double().given(torch.tensor(2)).mode(field).tolist()
    assert mode in ([[1, 0, 1]], [[0, 1, 1]])


def test_words_that_cannot_occur_get_no_counts():
    field = torch.tensor([[0.0, -1e3, 1.0]])
    units = Multinomial(3).given(torch.tensor(1000))
    for x in (units.sample(field, generator(2)), units.mode(field)):
        assert x.detach()[0, 1] == 0


def test_states_need_one_length():
    units = Multinomial(4).given(torch.tensor([3.0]))
    assert units.count() == math.comb(6, 3) == len(units.states())
    with pytest.raises(ValueError, match="need one common length; bind one number"):
        Multinomial(4).given(torch.tensor([3.0, 2.0])).states()
    with pytest.raises(ValueError, match="100 words of 10: at most 4194304 states"):
        Multinomial(10).given(torch.tensor(100)).states()


def test_start_smooths_by_a_thousandth():
    bias = Multinomial(4).start([torch.tensor([30.0, 10.0, 0.0, 0.0])])["bias"]
    share = (torch.tensor([0.75, 0.25, 0.0, 0.0]) + 0.00025) / 1.001
    assert_close(torch.softmax(bias, 0), share)
    assert_close(bias.sum(), torch.tensor(0.0), atol=1e-5, rtol=0)


def test_frequencies_are_refused():
    with pytest.raises(ValueError, match="not all whole; .*not tf-idf or frequencies"):
        Multinomial(2).check(torch.tensor([[0.5, 0.5]]))


@torch.no_grad()
def test_a_bias_per_word_is_a_part_of_the_weights():
    """The replicated softmax by its definition: documents word by word, its hidden bias n times.

    E(V, h) = - sum_ij W_jk(i) h_j - sum_i b_k(i) - n sum_j a_j h_j (their equation 7).
    """
    words, hidden = 3, 2
    w, b, a = (
        torch.randn(s, generator=generator(k)).double() for k, s in enumerate(((2, 3), 3, 2))
    )
    graph = rbm(Multinomial(words), hidden, std=0.0).double()
    graph.units["v"].bias.copy_(b)
    graph.edges[0].connection.weight.copy_(w + a[:, None])
    states = graph.units["h"].states().double()
    for n in (1, 2, 5):
        counted = {}
        for document in itertools.product(range(words), repeat=n):
            energies = [
                -sum(float(h @ w[:, k] + b[k]) for k in document) - n * float(a @ h)
                for h in states
            ]
            counts = tuple(document.count(k) for k in range(words))
            p = sum(math.exp(-e) for e in energies)
            counted[counts] = counted.get(counts, 0.0) + p
        rows = torch.tensor(list(counted)).double()
        expected = torch.tensor(list(counted.values())).double()
        long = graph.given(v=torch.tensor(float(n)))
        assert_close(exact.log_prob(long, {"v": rows}), (expected / expected.sum()).log())
        on = graph.units["h"].mean(long.field("h", {"v": rows}))
        assert_close(on, torch.sigmoid(n * a + rows @ w.mT))


def test_variances_are_those_of_the_covariance():
    units = Multinomial(4).double().given(torch.tensor([0.0, 3.0, 7.0]))
    field = torch.randn(3, 4, generator=generator(1, "cpu"), dtype=torch.float64)
    whole = units.covariance(field).diagonal(dim1=-2, dim2=-1).reshape(3, 4)
    assert_close(units.variance(field).detach(), whole)


def test_draws_without_a_source_follow_the_enclosing_seed():
    def drawn():
        with seeded(4):
            return Multinomial(50, total=100).sample(torch.zeros(2, 50))

    assert torch.equal(drawn(), drawn())
