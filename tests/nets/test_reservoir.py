"""A reservoir with its readout: padding never matters, the readout is ridge regression."""

import copy

import pytest
import torch
from sklearn.linear_model import Ridge as Reference

from harmonium import registry
from harmonium.errors import UsageError
from harmonium.learning import Ridge
from harmonium.nets import ReservoirNet
from harmonium.random import generator, normal, seeded

KINDS = {name: registry.target(place) for name, place in registry.KINDS["Reservoir"].items()}
LENGTHS = (4, 9, 1, 6)
SERIES = [
    normal(torch.zeros(n, 3, dtype=torch.float64), generator(k)) for k, n in enumerate(LENGTHS)
]


def padded(series, extra=0):
    x = torch.nn.utils.rnn.pad_sequence(series, batch_first=True, padding_value=torch.nan)
    return torch.nn.functional.pad(x, (0, 0, 0, extra), value=torch.nan)


def net(kind="echo_state", **settings):
    with seeded(1):
        made = ReservoirNet(KINDS[kind](3, 20), 4, **settings).double().eval()
        with torch.no_grad():
            made.weight.copy_(normal(made.weight))
    made.standardised.fit(torch.cat(SERIES))
    return made


@pytest.mark.parametrize("read", ["last", "mean"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_series_in_a_batch_is_the_series_alone(kind, read):
    made = net(kind, read=read)
    together = made(padded(SERIES, extra=3))
    alone = torch.cat([made(x[None]) for x in SERIES])
    torch.testing.assert_close(together, alone, atol=1e-12, rtol=0)
    assert together.std(0).min() > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_carried_state_continues_the_series(kind):
    with seeded(1):
        layer = KINDS[kind](3, 20).double()
    x = SERIES[1][None]
    whole, end = layer(x)
    first, state = layer(x[:, :4])
    second, after = layer(x[:, 4:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole)
    for part, other in zip(after, end, strict=True):
        torch.testing.assert_close(part, other)
    assert [*layer.parameters()] == []


def test_the_readout_is_that_of_scikit_learn():
    with seeded(2):
        made = ReservoirNet(KINDS["echo_state"](3, 8), 2, outputs="values").double()
    x = normal(torch.zeros(50, 7, 3, dtype=torch.float64), generator(5))
    y = normal(torch.zeros(50, 2, dtype=torch.float64), generator(6))
    Ridge(made, strength=0.3).step({"x": x, "y": y})
    other = Reference(alpha=0.3).fit(made.features(x).numpy(), y.numpy())
    torch.testing.assert_close(made.weight.detach(), torch.from_numpy(other.coef_))
    torch.testing.assert_close(made.bias.detach(), torch.from_numpy(other.intercept_))


@pytest.mark.parametrize("read", ["last", "mean"])
@pytest.mark.parametrize("kind", KINDS)
def test_frame_by_frame_it_is_what_it_says_of_each_beginning(kind, read):
    made, x = net(kind, read=read), SERIES[1]
    found = made.unfold(torch.cat([x, x.new_full((2, 3), torch.nan)]))
    assert found["units"].shape == (9, 20)
    for frame in (1, 5, 9):
        torch.testing.assert_close(found["outputs"][frame - 1], made(x[None, :frame])[0])


def test_settings_make_the_same_net_again():
    made = net(read="last")
    again = ReservoirNet(**copy.deepcopy(made.settings)).double().eval()
    again.load_state_dict(made.state_dict())
    assert torch.equal(again(padded(SERIES)), made(padded(SERIES)))
    assert made.units == (3, 20, 4)
    assert made.output_kind == "indicators"
    assert {*dict(made.named_parameters())} == {"weight", "bias"}


def test_what_is_no_batch_of_series_is_refused():
    with pytest.raises(UsageError, match=r"series of shape \(9, 3\): \(series, frames, 3 chann"):
        net()(SERIES[1])
