"""The noisy code: how much of a value passes through the noise, and when there is none."""

import copy
import pickle

import pytest
import torch

from harmonium import nets
from harmonium.errors import HarmoniumError
from harmonium.nets.codes import Noisy
from harmonium.nets.dropout import set_source


@pytest.mark.parametrize(
    ("z", "mean", "std"),
    [(0, 0.5, 0.39856), (4, 0.81947, 0.29668), (8, 0.96570, 0.12638), (12, 0.99669, 0.03297)],
)
def test_moments_of_a_unit_behind_noise(z, mean, std):
    code, n = Noisy(4.0), 200_000
    code.source = torch.Generator().manual_seed(0)
    values = code(torch.full((n, 1), float(z), dtype=torch.float64))
    assert float(values.mean()) == pytest.approx(mean, abs=4 * std / n**0.5)
    assert float(values.std()) == pytest.approx(std, abs=2e-3)


def test_without_training_there_is_no_noise():
    z = torch.linspace(-3, 3, 7)[None]
    assert torch.equal(Noisy(4.0).eval()(z), z.sigmoid())
    assert torch.equal(Noisy(0.0)(z), z.sigmoid())
    assert torch.equal(Noisy(4.0).point(z), z.sigmoid())
    assert not torch.equal(Noisy(4.0)(z), z.sigmoid())


def test_bits_pass_gradients_as_values_do():
    z = torch.tensor([[-1.0, 0.25, 2.0]], requires_grad=True)
    code = Noisy(2.0, binary=True).eval()
    bits = code(z)
    assert bits.tolist() == [[0.0, 1.0, 1.0]]
    bits.sum().backward()
    values = z.detach().sigmoid()
    torch.testing.assert_close(z.grad, values * (1 - values))


def test_equal_sources_give_equal_noise_and_copies_keep_the_settings():
    z = torch.zeros(3, 4)
    draws = []
    for _ in range(2):
        code = Noisy(1.5)
        code.source = torch.Generator().manual_seed(5)
        draws.append(code(z))
    assert torch.equal(*draws)
    for again in (copy.deepcopy(code), pickle.loads(pickle.dumps(code))):
        assert again.settings == {"std": 1.5, "binary": False}
        assert again.source is None


def test_a_net_with_the_code_learns_values_near_bits():
    from harmonium.learning import Coding, Descent
    from harmonium.learning.objectives import Bernoulli
    from harmonium.random import seeded

    rows = torch.eye(8).repeat(8, 1)
    with seeded(0):
        net = nets.Autoencoder([8, 6], code=Noisy(2.0))
    set_source(net, torch.Generator().manual_seed(0))
    learner = Descent(net, torch.optim.Adam(net.parameters(), lr=0.05), Coding(Bernoulli()))
    for _ in range(300):
        learner.step({"x": rows})
    codes = net.eval().encode(torch.eye(8)).detach()
    assert float((codes - 0.5).abs().mean()) > 0.45
    assert len(torch.unique(codes > 0.5, dim=0)) == 8  # eight rows, eight addresses


def test_bad_settings_are_refused_in_words():
    with pytest.raises(HarmoniumError, match="std is -1"):
        Noisy(-1.0)
