"""Nets over series: padding never matters, both directions, gradients, refusals."""

import copy

import pytest
import torch

from harmonium import registry
from harmonium.errors import UsageError
from harmonium.nets import SeriesNet
from harmonium.nets.recurrent import GRU, LSTM
from harmonium.random import seeded

CELLS = {name: registry.target(place) for name, place in registry.KINDS["Recurrent"].items()}
LENGTHS = (4, 7, 1, 6)
SOURCE = torch.Generator().manual_seed(0)
SERIES = [torch.randn(n, 3, generator=SOURCE, dtype=torch.float64) for n in LENGTHS]


def padded(series, extra=0):
    x = torch.nn.utils.rnn.pad_sequence(series, batch_first=True, padding_value=torch.nan)
    return torch.nn.functional.pad(x, (0, 0, 0, extra), value=torch.nan)


def net(cell="gru", **settings):
    with seeded(1):
        made = SeriesNet(CELLS[cell](3, 5), 4, **settings).double().eval()
    made.standardised.fit(torch.cat(SERIES))
    return made


@pytest.mark.parametrize("read", ["last", "mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_series_in_a_batch_is_the_series_alone(cell, bidirectional, read):
    made = net(cell, bidirectional=bidirectional, read=read)
    together = made(padded(SERIES, extra=3))
    alone = torch.cat([made(x[None]) for x in SERIES])
    torch.testing.assert_close(together, alone, atol=1e-12, rtol=0)


def test_the_second_direction_reads_from_the_end():
    """With equal weights, it is the net over the reversed series."""
    made = net(bidirectional=True)
    made.backward_recurrent.load_state_dict(made.recurrent.state_dict())
    x = SERIES[1][None]
    summary, turned = made.activities(x)["summary"], made.activities(x.flip(1))["summary"]
    torch.testing.assert_close(summary[:, :5], turned[:, 5:])
    torch.testing.assert_close(summary[:, 5:], turned[:, :5])


def test_values_are_torchs_own_bidirectional_layer():
    """An independent reference over packed series."""
    made = net("lstm", bidirectional=True)
    reference = torch.nn.LSTM(3, 5, batch_first=True, bidirectional=True).double()
    forward, backward = made.recurrent.core, made.backward_recurrent.core
    with torch.no_grad():
        for name, weight in forward.named_parameters():
            getattr(reference, name).copy_(weight)
        for name, weight in backward.named_parameters():
            getattr(reference, f"{name}_reverse").copy_(weight)
    z = [made.standardised(x) for x in SERIES]
    packed = torch.nn.utils.rnn.pack_sequence(z, enforce_sorted=False)
    _, (h, _) = reference(packed)
    expected = torch.cat([h[0], h[1]], 1)
    torch.testing.assert_close(made.activities(padded(SERIES))["summary"], expected)


@pytest.mark.parametrize("settings", [{}, {"bidirectional": True}, {"read": "mean"}])
def test_gradients_are_central_differences(settings):
    made, x, step = net(**settings), padded(SERIES), 1e-6
    y = torch.arange(len(SERIES))

    def loss():
        return torch.nn.functional.cross_entropy(made(x), y)

    loss().backward()
    for p in made.parameters():
        flat = p.data.view(-1)
        for k in range(0, len(flat), 7):
            value, ends = float(flat[k]), []
            for side in (step, -step):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(loss()))
            flat[k] = value
            assert abs(float(p.grad.view(-1)[k]) - (ends[0] - ends[1]) / (2 * step)) < 2e-8


def test_settings_make_the_same_net_again():
    made = net("lstm", bidirectional=True, read="mean", dropout=0.5)
    again = SeriesNet(**copy.deepcopy(made.settings)).double().eval()
    again.load_state_dict(made.state_dict())
    assert torch.equal(again(padded(SERIES)), made(padded(SERIES)))
    assert made.units == (3, 10, 4)
    assert SeriesNet(GRU(3, 5, layers=2), 4).units == (3, 5, 5, 4)


def test_what_is_no_batch_of_series_is_refused():
    with pytest.raises(UsageError, match=r"series of shape \(7, 3\): \(series, frames, 3 chann"):
        net()(SERIES[1])
    with pytest.raises(UsageError, match=r"\(series, frames, 2 channels\) is needed"):
        SeriesNet(LSTM(2, 4), 2)(SERIES[1][None])
