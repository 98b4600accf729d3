"""The autoencoder: there and back, and the law of its linear kind."""

import pytest
import torch
from sklearn.decomposition import PCA

from harmonium import load, save
from harmonium.data import digits
from harmonium.learning import Descent, Reconstruction, SquaredError
from harmonium.nets import Autoencoder
from harmonium.random import seeded

X = torch.rand(6, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def net(units, **settings):
    with seeded(0):
        return Autoencoder(units, **settings).double()


def test_it_goes_through_the_code_and_back():
    model = net([8, 5, 3], activation="tanh")
    codes = model.activities(X)
    assert {name: tuple(h.shape) for name, h in codes.items()} == {"h1": (6, 5), "h2": (6, 3)}
    torch.testing.assert_close(model.decoder(codes["h2"]), model(X))
    shapes = [tuple(p.shape) for n, p in model.named_parameters() if n.endswith("weight")]
    assert shapes == [(5, 8), (3, 5), (5, 3), (8, 5)]


def test_probabilities_are_logistic_outputs_and_values_are_not():
    model = net([8, 3])
    torch.testing.assert_close(model.reconstruct(X), model(X).sigmoid())
    real = net([8, 3], outputs="values")
    torch.testing.assert_close(real.reconstruct(X), real(X))


def test_the_code_may_be_linear():
    model = net([8, 5, 3], code="linear")
    hidden, code = model.activities(X).values()
    assert (hidden >= 0).all()
    torch.testing.assert_close(code, model.encoder.h2(hidden))
    assert (code < 0).any()


def test_what_is_saved_comes_back(tmp_path):
    model = net([8, 5, 3], activation="elu", slope=0.5, code="linear", outputs="values")
    back = load(save(model, tmp_path / "net.safetensors"))
    assert back.settings == model.settings
    assert torch.equal(back(X), model(X))


def test_too_few_sizes_are_refused():
    with pytest.raises(ValueError, match="give the values of a row and the units of a code"):
        Autoencoder([8])


@pytest.mark.parametrize("k", [2, 8])
def test_linear_units_find_as_much_as_principal_components(k):
    """Baldi and Hornik, 1989. No code of k numbers does better linearly, and training reaches it.

    Measured: 1.0002 of the error of PCA with 2 components, 1.000002 with 8.
    """
    x = digits().train[:600].double()
    x = x - x.mean(0)
    rows = x.numpy()
    pca = PCA(k, svd_solver="full").fit(rows)  # a random solver would not be the best
    best = float(((pca.inverse_transform(pca.transform(rows)) - rows) ** 2).mean())
    model = net([64, k], activation="identity", outputs="values")

    def error():
        with torch.no_grad():
            return float((model.reconstruct(x) - x).square().mean())

    assert error() > 1.2 * best
    learner = Descent(
        model, torch.optim.Adam(model.parameters(), lr=0.02), Reconstruction(SquaredError())
    )
    for _ in range(1200):
        learner.step({"x": x})
    assert (1 - 1e-9) * best < error() < 1.02 * best


def test_the_slope_is_that_of_every_layer():
    model = Autoencoder([8, 5, 3], activation="leaky_relu", slope=0.5)
    kinds = [m for m in model.modules() if isinstance(m, torch.nn.LeakyReLU)]
    assert [m.negative_slope for m in kinds] == [0.5] * 3
