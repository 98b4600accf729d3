"""The contractive penalty against the Jacobian of autograd, by numbers and by differences."""

import itertools

import pytest
import torch

from harmonium.learning.code_penalties import Contractive
from harmonium.nets import MLP, Autoencoder, Codec
from harmonium.nets.codes import KSparse
from harmonium.random import seeded
from tests.nets.codes.normal import Normal

X = torch.randn(5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def net(units=(4, 3), **settings):
    with seeded(0):
        return Autoencoder(units, **settings).double().eval()


def penalty(codec, x, **settings):
    return Contractive(1.0, **settings)(codec, x, code=codec.encode(x))


def jacobian_norms(codec, x):
    rows = [torch.autograd.functional.jacobian(lambda r: codec.encode(r[None])[0], r) for r in x]
    return torch.stack([j.square().sum() for j in rows])


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("logistic", 0.3389747500502429), ("tanh", 4.616886728108592), ("relu", 5.75)],
)
def test_the_numbers_of_a_small_layer(activation, expected):
    """W = [[.5, -.5], [1, .5], [0, 2]], b = [0, -.5, .25] at x = (1, 0), by hand."""
    codec = net((2, 3), activation=activation)
    with torch.no_grad():
        codec.encoder.h1.weight.copy_(torch.tensor([[0.5, -0.5], [1, 0.5], [0, 2]]))
        codec.encoder.h1.bias.copy_(torch.tensor([0, -0.5, 0.25]))
    x = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    assert float(penalty(codec, x).detach()) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "leaky_relu", "elu", "gelu"])
@pytest.mark.parametrize("tied", [True, False])
def test_the_closed_form_is_the_norm_of_the_jacobian(activation, tied):
    codec = net(activation=activation, tied=tied)
    torch.testing.assert_close(
        penalty(codec, X).detach(), jacobian_norms(codec, X), rtol=1e-10, atol=1e-12
    )
    low = penalty(codec.float(), X.float()).detach()
    torch.testing.assert_close(low, jacobian_norms(codec, X.float()), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("code", ["linear", KSparse(2)])
def test_a_linear_and_a_sparse_code_have_a_closed_form_too(code):
    codec = net(code=code)
    torch.testing.assert_close(penalty(codec, X).detach(), jacobian_norms(codec, X))


class Signs(Contractive):
    """Probes of given signs."""

    def __init__(self, signs):
        super().__init__(1.0, len(signs))
        self.signs = iter(signs)

    def _signs(self, code):
        return next(self.signs).expand_as(code)


def all_signs(k):
    return [torch.tensor(s, dtype=torch.float64) for s in itertools.product([-1, 1], repeat=k)]


@pytest.mark.parametrize(
    "codec",
    [
        net((4, 6, 3), activation="tanh"),
        net((4, 3), activation="logistic"),
        Codec(MLP([4, 5, 2], activation="gelu"), MLP([2, 4])).double(),
    ],
)
def test_the_mean_over_all_signs_is_the_norm(codec):
    """Random signs are unbiased: their mean over all vectors is exact, its gradient too."""
    found = Signs(all_signs(codec.units[-1]))(codec, X, code=codec.encode(X))
    torch.testing.assert_close(found.detach(), jacobian_norms(codec, X))
    first = next(codec.encoder.parameters())
    (mine,) = torch.autograd.grad(found.sum(), first)
    z = torch.func.vmap(torch.func.jacrev(lambda r: codec.encode(r[None])[0]))(X)
    (theirs,) = torch.autograd.grad(z.square().sum(), first)
    torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-9)


def test_few_probes_are_unbiased_and_repeatable():
    codec = net((4, 6, 3), activation="tanh")
    rows = X[:1].expand(4000, 4)
    probed = Contractive(2.0, probes=1)
    probed.source = torch.Generator().manual_seed(1)
    found = probed(codec, rows, code=codec.encode(rows)).detach()
    error = float(found.std()) / len(found) ** 0.5
    assert abs(float(found.mean() - 2 * jacobian_norms(codec, X[:1]))) < 4 * error
    probed.source = torch.Generator().manual_seed(1)
    assert torch.equal(found, probed(codec, rows, code=codec.encode(rows)))


@pytest.mark.parametrize("probes", [None, 2])
def test_its_gradient_is_that_of_differences(probes):
    codec, step = net(activation="tanh"), 1e-6

    def value():
        made = Contractive(0.3, probes)
        made.source = torch.Generator().manual_seed(3)
        return made(codec, X, code=codec.encode(X)).mean()

    weight = codec.encoder.h1.weight
    (grad,) = torch.autograd.grad(value(), weight)
    for place in [(0, 0), (2, 3), (1, 2)]:
        ends = []
        for side in (step, -step):
            with torch.no_grad():
                weight[place] += side
            ends.append(float(value().detach()))
            with torch.no_grad():
                weight[place] -= side
        assert float(grad[place]) == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-7)


def test_dropout_is_off_and_the_mode_comes_back():
    codec = Codec(MLP([4, 5, 3], dropout=0.5, activation="tanh"), MLP([3, 4])).double().train()
    made = Contractive(1.0, 3)
    made.source = torch.Generator().manual_seed(0)
    found = made(codec, X, code=codec.encode(X))
    assert codec.training
    made.source = torch.Generator().manual_seed(0)
    torch.testing.assert_close(made(codec.eval(), X, code=codec.encode(X)), found)


@pytest.mark.parametrize(
    ("codec", "message"),
    [
        (net((4, 5, 3)), "the encoder, of 4 modules, has a closed form for one dense layer"),
        (Codec(MLP([4, 5, 2]), MLP([2, 4])).double(), "set probes"),
    ],
)
def test_other_encoders_are_refused_with_a_remedy(codec, message):
    with pytest.raises(ValueError, match=message):
        penalty(codec, X)


def test_a_code_of_other_size_is_refused_with_a_remedy():
    class Half(Normal):
        def width(self, units):
            return 2 * units

        def point(self, z):
            return z[:, : z.shape[1] // 2]

    codec = net(code=Half())
    with pytest.raises(ValueError, match="the code makes 3 numbers of 6 outputs.*set probes"):
        penalty(codec, X)
    found = Signs(all_signs(3))(codec, X, code=codec.encode(X)).detach()
    torch.testing.assert_close(found, jacobian_norms(codec, X))
