"""The loss of a codec against its formula, and the bound of several samples against integrals."""

import math

import pytest
import torch
from torch import nn

from harmonium.learning import Coding, SquaredError
from harmonium.learning.objectives import Bernoulli
from harmonium.nets import Autoencoder
from harmonium.nets.codes import Drawn, Point
from harmonium.nets.dropout import set_source
from harmonium.random import seeded
from tests.nets.codes.normal import Normal

X = torch.rand(5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def net(**settings):
    with seeded(0):
        return Autoencoder([4, 3, 2], activation="tanh", **settings).double().eval()


class Same(nn.Module):
    """A codec without weights, c = x and d(c) = c, which keeps the rows that it reads."""

    def __init__(self):
        super().__init__()
        self.encoder, self.code, self.decoder = self.see, Point(), nn.Identity()
        self.seen = []

    def see(self, x):
        self.seen.append(x)
        return x


def test_the_target_is_the_row():
    assert Coding(SquaredError())(Same(), {"x": X}).tolist() == [0.0] * 5


def test_the_net_sees_the_damage_and_is_compared_with_the_row_before_it():
    codec = Same()
    loss = Coding(SquaredError(), damage=lambda x: 0 * x)(codec, {"x": X})
    assert torch.equal(codec.seen[0], torch.zeros_like(X))
    torch.testing.assert_close(loss, X.square().sum(1) / 2)


def test_without_more_it_is_the_loss_of_the_rows_to_the_bit():
    codec, objective = net(), Bernoulli()
    for hurt, seen in ((None, X), (torch.zeros_like, torch.zeros_like(X))):
        plain = objective(codec, {"x": seen, "y": X})
        assert torch.equal(Coding(objective, damage=hurt)(codec, {"x": X}), plain)
    assert Coding(Bernoulli()).figure == "bernoulli"
    assert Coding(Bernoulli()).outputs == Bernoulli().outputs
    assert Coding(Bernoulli(), figure="cost").figure == "cost"


def test_penalties_see_the_damaged_rows_and_their_codes_and_are_added():
    codec, seen = net(), []

    def one_number(of, rows, code):
        seen.append((of, rows, code))
        return torch.tensor(3.0, dtype=torch.float64)

    def each_row(of, rows, code):
        return code.square().sum(1)

    plain = Coding(Bernoulli(), damage=torch.zeros_like)(codec, {"x": X})
    objective = Coding(Bernoulli(), damage=torch.zeros_like, penalties=[one_number, each_row])
    loss = objective(codec, {"x": X})
    ((of, rows, code),) = seen
    assert of is codec
    assert not rows.any()
    assert torch.equal(code, codec.encode(torch.zeros_like(X)))
    torch.testing.assert_close(loss, plain + 3 + code.square().sum(1))


def test_the_cost_of_the_code_counts_beta_times():
    codec = net(code=Normal())
    plain = Coding(Bernoulli(), beta=0)(codec, {"x": X})
    loss = Coding(Bernoulli(), beta=0.5)(codec, {"x": X})
    torch.testing.assert_close(loss - plain, codec.encode(X).square().sum(1) / 4)


class Wide(Drawn):
    """q(c | x) = N(z, s^2), p(c) = N(0, 1)."""

    def __init__(self, std):
        super().__init__(std=std)

    def point(self, z):
        return z

    def draw(self, z, source=None):
        return z + self.settings["std"] * torch.empty_like(z).normal_(generator=source)

    def prior(self, n, like, *, source=None):
        raise NotImplementedError

    def log_ratio(self, z, c):
        g = (c - z) / self.settings["std"]
        return (g.square() - c.square()).sum(1) / 2 + math.log(self.settings["std"])


@pytest.mark.parametrize(
    ("mean", "std", "expected"),
    [
        (0.5, math.sqrt(0.5), [-1.5155121234846454] * 3),  # the posterior: log p(x) for every K
        (0.0, 1.0, [-1.9189385332, -1.6534737866, -1.5940666244]),
        (0.3, 0.6, [-1.5797641570, -1.5566945089, -1.5463919435]),
    ],
)
def test_the_bound_of_several_samples_is_what_quadrature_gives(mean, std, expected):
    """c ~ N(0, 1), x | c ~ N(c, 1), x = 1; half the squared error lacks (log 2 pi) / 2."""
    with seeded(0):
        toy = Autoencoder([1, 1], code=Wide(std), outputs="values").double()
    with torch.no_grad():
        for p in toy.parameters():
            p.zero_()
        toy.encoder.h1.bias.fill_(mean)
        toy.decoder.outputs.weight.fill_(1.0)
    set_source(toy, torch.Generator().manual_seed(1))
    x = torch.ones(40_000, 1, dtype=torch.float64)
    for k, bound in zip((2, 3), expected[1:], strict=True):
        losses = Coding(SquaredError(), samples=k)(toy.eval(), {"x": x}).detach()
        found, error = -losses.mean() - math.log(2 * math.pi) / 2, losses.std() / len(x) ** 0.5
        assert abs(float(found) - bound) < 4 * float(error) + 1e-9
    assert expected[0] <= expected[1] <= expected[2] <= -1.5155121234846454 + 1e-12


def test_one_sample_is_the_term_without_the_closed_divergence():
    """With K equal samples the bound is that of one: log-mean-exp of equal numbers."""

    class Fixed(Wide):
        def draw(self, z, source=None):
            return z + 0.5

    codec = net(code=Fixed(1.0))
    found = Coding(Bernoulli(), samples=4)(codec, {"x": X})
    c = codec.encode(X) + 0.5
    one = Bernoulli()(codec.decoder, {"x": c, "y": X}) - codec.code.log_ratio(c - 0.5, c)
    torch.testing.assert_close(found, one)


@pytest.mark.parametrize("more", [{"beta": 0.5}, {"penalties": [lambda *_: 0]}])
def test_samples_have_neither_penalties_nor_beta(more):
    with pytest.raises(ValueError, match="leave these out, or make samples 1"):
        Coding(Bernoulli(), samples=2, **more)
