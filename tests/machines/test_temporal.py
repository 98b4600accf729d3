"""What machines of series share: the past, the start, checks, files."""

import copy

import pytest
import torch
from sklearn.linear_model import Ridge
from torch.testing import assert_close

import harmonium as hm
from harmonium.machines import ConditionalRBM, RecurrentTemporalRBM
from harmonium.machines.temporal import past_of
from harmonium.random import generator, seeded


def waves(n=4, frames=60, *, seed=0):
    """Two channels that follow a linear law with noise."""
    source = generator(seed)
    x = torch.zeros(n, frames, 2, dtype=torch.float64)
    noise = torch.randn(n, frames, 2, generator=source, dtype=torch.float64)
    turn = torch.tensor([[0.8, -0.5], [0.5, 0.8]], dtype=torch.float64)
    for t in range(1, frames):
        x[:, t] = x[:, t - 1] @ turn.T + 0.3 * noise[:, t] + 0.1
    return x


def made(kind=ConditionalRBM, **settings):
    with seeded(0):
        return kind(2, 3, **settings).double()


def test_the_past_is_the_frames_before_oldest_first():
    x = torch.arange(8.0).reshape(1, 4, 2)
    assert past_of(x, 2).tolist() == [[[0, 1, 2, 3], [2, 3, 4, 5]]]
    assert past_of(x, 0).shape == (1, 4, 0)


def test_it_starts_as_a_linear_autoregression():
    x = waves()
    machine = made(std=0.0, lags=2)
    known = torch.ones(4, 60, dtype=torch.bool)
    known[1, 30:] = False
    machine.start(x, known, ridge=1.0)
    rows = known[:, 2:]
    past, frames = past_of(x, 2)[rows].numpy(), x[:, 2:][rows].numpy()
    ridge = Ridge(alpha=1.0).fit(past, frames)
    found = machine.forecast(x, chains=1, sweeps=2, source=generator(1))
    expected = torch.from_numpy(ridge.predict(past_of(x, 2).flatten(0, 1).numpy()))
    assert_close(found.flatten(0, 1), expected)
    variance = torch.from_numpy(((ridge.predict(past) - frames) ** 2).mean(0))
    assert_close(machine.graph.units["v"].log_precision.exp().detach(), 1 / variance)


@pytest.mark.parametrize("scale", [1e-4, 1e3])
def test_the_start_does_not_depend_on_the_unit_of_the_values(scale):
    x, known = waves(), torch.ones(4, 60, dtype=torch.bool)
    machines = made(std=0.0, lags=2), made(std=0.0, lags=2)
    machines[0].start(x, known, ridge=1e-9)
    machines[1].start(scale * x, known, ridge=1e-9 * scale**2)
    one, other = (m.graph.units["v"].log_precision.exp().detach() for m in machines)
    assert_close(other * scale**2, one)
    forecasts = [
        m.forecast(y, chains=1, sweeps=2, source=generator(1))
        for m, y in zip(machines, (x, scale * x), strict=True)
    ]
    assert_close(forecasts[1] / scale, forecasts[0])


def test_a_constant_channel_gets_a_variance_in_the_unit_of_the_others():
    x, known = 1e-3 * waves(), torch.ones(4, 60, dtype=torch.bool)
    x[..., 1] = 0.1
    left = made(std=0.0, lags=2).residual_variance(x, known, ridge=1e-9)
    assert_close(left[1], 1e-4 * x[:, 2:, 0].flatten().var(correction=0) / 2)


def test_binary_values_start_with_the_logits_of_their_means():
    x = (waves() > 0).double()
    machine = made(values="binary", lags=1)
    machine.start(x, torch.ones(4, 60, dtype=torch.bool))
    means = machine.graph.units["v"].bias.sigmoid().detach()
    assert_close(means, x[:, 1:].mean((0, 1)))


@pytest.mark.parametrize(("kind", "lags"), [(RecurrentTemporalRBM, 0), (ConditionalRBM, 3)])
def test_continuations_repeat_from_their_seed(kind, lags):
    machine, x = made(kind, lags=lags), waves()
    machine.start(x, torch.ones(4, 60, dtype=torch.bool))
    one, two, other = (machine.continued(x, 7, sweeps=3, source=generator(k)) for k in (1, 1, 2))
    assert one.shape == (4, 7, 2)
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_series_that_do_not_fit_are_refused():
    machine = made(lags=3)
    with pytest.raises(ValueError, match=r"\(B, T, 2\) is needed"):
        machine.frames(torch.zeros(4, 9, 5))
    with pytest.raises(ValueError, match="the machine reads 3 before the first"):
        machine.frames(torch.zeros(4, 3, 2))


@pytest.mark.parametrize("kind", [ConditionalRBM, RecurrentTemporalRBM])
def test_it_is_saved_and_copied_without_its_generator(kind, tmp_path):
    machine = made(kind, lags=2)
    machine.source = generator(0)
    assert copy.deepcopy(machine).source is None
    again = hm.load(hm.save(machine, tmp_path / "machine.safetensors"))
    assert again.settings == machine.settings
    assert all(
        torch.equal(a, b) for a, b in zip(machine.parameters(), again.parameters(), strict=True)
    )


@pytest.mark.parametrize("kind", [ConditionalRBM, RecurrentTemporalRBM])
def test_precisions_have_a_ceiling_from_what_the_past_leaves(kind):
    x = waves()
    x[:, :, 1] = 0.5  # a constant channel
    known = torch.ones(4, 60, dtype=torch.bool)
    machine = made(kind, lags=1)
    limit, units = machine.limiter(x, known), machine.graph.units["v"]
    machine.start(x, known)
    start = units.log_precision.detach().clone()
    limit()
    assert_close(units.log_precision.detach()[0], start[0])  # a start is far below
    with torch.no_grad():
        units.log_precision.fill_(30.0)
    limit()
    most = units.log_precision.detach()
    assert_close(most[0], start[0] + torch.tensor(1e3).double().log())
    assert bool((most < 15).all())


def test_binary_series_have_no_ceiling():
    machine = made(values="binary", lags=1)
    before = machine.graph.units["v"].bias.detach().clone()
    machine.limiter((waves() > 0).double(), torch.ones(4, 60, dtype=torch.bool))()
    assert_close(machine.graph.units["v"].bias.detach(), before)
