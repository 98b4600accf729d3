"""The Markov chain: counts, smoothing, the stationary distribution."""

from collections import Counter

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets import MarkovChain
from harmonium.nets.continuing import continued, next_log_probs
from harmonium.nets.markov import entropy_rate, stationary

TEXT = "abracadabra, a bard barked; a drab cadaver bade a crab adieu. " * 3
SYMBOLS = sorted(set(TEXT))


def chain(order, smoothing=1.0):
    made = MarkovChain(SYMBOLS, order=order, smoothing=smoothing)
    made.count(made.vocabulary.encode(TEXT)[None])
    return made


def reference(context, symbol, smoothing):
    """p(symbol | context) by the definition, with counts from slices of the text."""
    if context is None:
        return 1 / len(SYMBOLS)
    m = len(context)
    after = Counter(TEXT[i + m] for i in range(len(TEXT) - m) if TEXT[i : i + m] == context)
    shorter = context[1:] if m else None
    known, total = after[symbol], sum(after.values())
    return (known + smoothing * reference(shorter, symbol, smoothing)) / (total + smoothing)


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_probabilities_are_those_of_the_definition(order):
    made, prompt = chain(order, 0.7), "a bard"
    log_probs, _ = made(made.vocabulary.encode(prompt)[None])
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(1, len(prompt)))
    for t in range(len(prompt)):
        context = prompt[max(0, t + 1 - order) : t + 1] if order else ""
        for k, symbol in enumerate(SYMBOLS):
            expected = reference(context, symbol, 0.7)
            assert float(log_probs[0, t, k].exp()) == pytest.approx(expected, rel=1e-5)


def test_a_text_read_in_pieces_has_the_same_probabilities():
    made = chain(3)
    tokens = made.vocabulary.encode(TEXT)[None]
    whole, _ = made(tokens)
    first, state = made(tokens[:, :2])
    second, _ = made(tokens[:, 2:], state)
    assert torch.equal(torch.cat([first, second], 1), whole)


def test_relative_frequencies_maximise_the_likelihood():
    """No other first-order chain near the counted one gives the text a higher probability."""
    made = chain(1, smoothing=1e-9)
    tokens = made.vocabulary.encode(TEXT)
    best, matrix = next_log_probs(made, tokens[None]).double().sum(), made.transitions().double()
    source = torch.Generator().manual_seed(0)
    for _ in range(20):
        noise = torch.rand(matrix.shape, generator=source, dtype=torch.float64)
        other = 0.97 * matrix + 0.03 * noise / noise.sum(1, keepdim=True)
        assert other[tokens[:-1], tokens[1:]].log().sum() < best


def test_the_stationary_distribution_is_left_as_it_is_and_reached_from_everywhere():
    matrix = chain(1).transitions().double()
    matrix /= matrix.sum(1, keepdim=True)  # rounded to float32
    found = stationary(matrix)
    assert float(found.sum()) == pytest.approx(1)
    torch.testing.assert_close(found @ matrix, found)
    torch.testing.assert_close(
        torch.linalg.matrix_power(matrix, 500), found.expand(len(matrix), -1)
    )


def test_of_a_closed_text_it_is_the_frequency_of_the_symbols():
    """A text that ends with its first symbol leaves every symbol as often as it comes to it."""
    made = MarkovChain(SYMBOLS, smoothing=1e-9)
    tokens = made.vocabulary.encode(TEXT + TEXT[0])
    made.count(tokens[None])
    share = tokens[:-1].bincount(minlength=len(SYMBOLS)) / (len(tokens) - 1)
    torch.testing.assert_close(stationary(made.transitions()), share, atol=1e-5, rtol=0)


def test_the_entropy_rate_is_the_cost_of_a_long_draw():
    made, source = chain(1), torch.Generator().manual_seed(0)
    drawn = continued(made, torch.zeros(20, 1, dtype=torch.int64), length=1000, source=source)
    costs = -next_log_probs(made, drawn).double().mean(1)
    error = float(costs.std() / len(costs) ** 0.5)
    assert abs(float(costs.mean()) - float(entropy_rate(made.transitions()))) < 4 * error


def test_a_higher_order_costs_less_on_the_text_that_was_counted():
    costs = [-float(next_log_probs(m := chain(n, 0.01), m.vocabulary.encode(TEXT)[None]).mean())
             for n in range(4)]  # fmt: skip
    assert costs == sorted(costs, reverse=True)


def test_symbols_after_the_end_are_not_counted():
    made = MarkovChain(2, order=1)
    made.count(torch.tensor([[0, 1, -1], [1, 1, 1]]))
    assert made.counts1.tolist() == [[0, 1], [0, 2]]
    assert made.counts0.tolist() == [[1, 4]]


def test_what_is_refused():
    with pytest.raises(UsageError, match="at least 2 are needed"):
        MarkovChain(["a"])
    with pytest.raises(UsageError, match="order 5 of 65 symbols needs 7.54e"):
        MarkovChain(65, order=5)
    with pytest.raises(UsageError, match="order 0 has no transitions"):
        chain(0).transitions()
