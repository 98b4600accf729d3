"""Echo state networks: the update, the echo state property, memory capacity, NARMA-10."""

import copy

import pytest
import torch
from sklearn.linear_model import Ridge as Reference

from harmonium.nets.reservoirs import EchoState
from harmonium.nets.reservoirs.echo_state import spectral_radius
from harmonium.random import generator, normal, seeded, uniform


def drawn(*shape, seed=1):
    return normal(torch.zeros(shape, dtype=torch.float64), generator(seed))


def layer(inputs=2, hidden=30, **settings):
    with seeded(0):
        return EchoState(inputs, hidden, **settings).double()


def test_the_update_is_that_of_the_formula():
    made, x = layer(leak=0.3), drawn(4, 6, 2)
    h = torch.zeros(4, 30, dtype=torch.float64)
    outputs, (state,) = made(x)
    for t in range(6):
        z = x[:, t] @ made.input_weight.mT + made.input_bias + h @ made.recurrent_weight.mT
        h = 0.7 * h + 0.3 * z.tanh()
        torch.testing.assert_close(outputs[:, t], h)
    torch.testing.assert_close(state, h)


@pytest.mark.parametrize("hidden", [1, 9, 60])
def test_the_weights_have_the_radius_few_sources_and_no_parameter(hidden):
    made = layer(hidden=hidden, radius=0.7)
    assert spectral_radius(made.recurrent_weight) == pytest.approx(0.7, abs=1e-5)
    assert ((made.recurrent_weight != 0).sum(1) == min(hidden, 10)).all()
    assert [*made.parameters()] == []


def distances(**settings):
    """Distance of two reservoirs that start differently, step by step, on the same input."""
    made, x = layer(hidden=100, **settings), drawn(1, 300, 2).mul(0.1)
    starts = (drawn(1, 100, seed=2).tanh(), drawn(1, 100, seed=3).tanh())
    one, other = (made(x, (start,))[0] for start in starts)
    return (one - other).norm(dim=2)[0]


def test_two_starts_are_forgotten_below_a_radius_of_one_and_not_far_above():
    """The echo state property."""
    for radius in (0.3, 0.9):
        gap = distances(radius=radius)
        assert gap[-1] < 1e-4 * gap[0]
    assert distances(radius=0.3)[30] < 1e-6 < distances(radius=0.9)[30]
    assert distances(radius=3.0, bias=0.0)[-1] > 1


def capacity(made, *, delays):
    """Sum over delays of the share of variance of a past input that a readout explains.

    White inputs, least squares on 6000 steps; each share is corrected for the number of units,
    which explain k / n of anything by chance.
    """
    u = 2 * uniform(torch.zeros(1, 6300, 1, dtype=torch.float64), generator(5)) - 1
    h, k = made(u)[0][0, 300:], made.hidden
    h, n = h - h.mean(0), len(h)
    basis = torch.linalg.qr(h).Q
    past = torch.stack([u[0, 300 - d : 6300 - d, 0] for d in range(1, delays + 1)], 1)
    past = past - past.mean(0)
    found = (basis.mT @ past).square().sum(0) / past.square().sum(0)
    return float(((found - k / n) / (1 - k / n)).sum())


def test_the_memory_of_a_reservoir_is_at_most_its_number_of_units():
    """And one that is linear, by its small inputs, comes near that number.

    (Jaeger, Short term memory in echo state networks, 2001, propositions 2 and 4.)
    """
    linear, bent = (layer(1, 12, bias=0.0, scale=scale) for scale in (1e-4, 3.0))
    assert 9 < capacity(linear, delays=60) <= 12.2  # .2: five standard errors of 60 delays
    assert capacity(bent, delays=60) < 0.8 * capacity(linear, delays=60)


def narma(n):
    """Inputs in [0, .5), and the series of order ten that they drive (Atiya and Parlos, 2000)."""
    u = (0.5 * uniform(torch.zeros(n, dtype=torch.float64), generator(0))).tolist()
    y = [0.0] * n
    for t in range(9, n - 1):
        y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * sum(y[t - 9 : t + 1]) + 1.5 * u[t - 9] * u[t] + 0.1
    return torch.tensor(u, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)


def test_narma_10():
    """Root mean square error over the deviation of the series; a memory of ten lags has more."""
    u, y = narma(4200)
    made = layer(1, 200, radius=0.95, scale=0.4, bias=0.3)
    h = made((u - 0.25)[None, :, None])[0][0, 200:-1]
    lags = torch.stack([u[200 - d : 4199 - d] for d in range(10)], 1)
    target, error = y[201:], []
    for features in (h, lags):
        fit = Reference(alpha=1e-6).fit(features[:2000].numpy(), target[:2000].numpy())
        gap = torch.from_numpy(fit.predict(features[2000:].numpy())) - target[2000:]
        error.append(float((gap.square().mean() / target[2000:].var()).sqrt()))
    assert error[0] < 0.35 < error[1]


def test_a_carried_state_continues_the_series_and_settings_make_it_again():
    made, x = layer(leak=0.5), drawn(3, 9, 2)
    whole, (end,) = made(x)
    first, state = made(x[:, :4])
    second, (after,) = made(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    torch.testing.assert_close(after, end)
    again = EchoState(**copy.deepcopy(made.settings)).double()
    again.load_state_dict(made.state_dict())
    torch.testing.assert_close(again(x)[0], whole)
