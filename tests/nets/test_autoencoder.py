"""The autoencoder: there and back, and the law of its linear kind."""

import copy
import pickle

import pytest
import torch
from sklearn.decomposition import PCA

from harmonium import load, save
from harmonium.data import digits
from harmonium.learning import Coding, Descent, SquaredError
from harmonium.nets import Autoencoder
from harmonium.nets.codes import KSparse
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
    learner = Descent(model, torch.optim.Adam(model.parameters(), lr=0.02), Coding(SquaredError()))
    for _ in range(1200):
        learner.step({"x": x})
    assert (1 - 1e-9) * best < error() < 1.02 * best


def test_the_slope_is_that_of_every_layer():
    model = Autoencoder([8, 5, 3], activation="leaky_relu", slope=0.5)
    kinds = [m for m in model.modules() if isinstance(m, torch.nn.LeakyReLU)]
    assert [m.negative_slope for m in kinds] == [0.5] * 3


# --- tied weights ----------------------------------------------------------------------------


def test_a_tied_decoder_has_the_weights_of_the_encoder_transposed():
    model = net([8, 5, 3], activation="tanh", tied=True)
    names = [name for name, _ in model.named_parameters()]
    assert names == [
        "encoder.h1.weight",
        "encoder.h1.bias",
        "encoder.h2.weight",
        "encoder.h2.bias",
        "decoder.decoder_1.bias",
        "decoder.outputs.bias",
    ]
    h = torch.tanh(model.encode(X) @ model.encoder.h2.weight)
    torch.testing.assert_close(model(X), h @ model.encoder.h1.weight)
    free = net([8, 5, 3], activation="tanh")
    both = (sum(p.numel() for p in m.parameters()) for m in (free, model))
    assert [*both] == [2 * 8 * 5 + 2 * 5 * 3 + 21, 8 * 5 + 5 * 3 + 21]


def copied(model, way, folder):
    if way == "file":
        return load(save(model, folder / "net"))
    return copy.deepcopy(model) if way == "deepcopy" else pickle.loads(pickle.dumps(model))


@pytest.mark.parametrize("way", ["deepcopy", "pickle", "file"])
def test_copies_of_a_tied_net_stay_tied_and_learn_alone(way, tmp_path):
    model = net([8, 5, 3], activation="tanh", tied=True)
    before = {name: p.clone() for name, p in model.state_dict().items()}
    other = copied(model, way, tmp_path)
    optimiser = torch.optim.SGD(other.parameters(), lr=0.1)
    Descent(other, optimiser, Coding(SquaredError())).step({"x": X})
    assert other.decoder.outputs.layer is other.encoder.h1
    assert not torch.equal(other.encoder.h1.weight, before["encoder.h1.weight"])
    assert all(torch.equal(p, before[name]) for name, p in model.state_dict().items())
    h = other.decoder.decoder_1_activation(other.decoder.decoder_1(other.encode(X)))
    expected = h @ other.encoder.h1.weight + other.decoder.outputs.bias
    torch.testing.assert_close(other(X), expected)


def test_the_gradient_of_a_tied_weight_is_the_sum_of_both_uses():
    tied = net([8, 3], activation="tanh", tied=True)
    free = net([8, 3], activation="tanh")
    with torch.no_grad():
        free.encoder.load_state_dict(tied.encoder.state_dict())
        free.decoder.outputs.weight.copy_(tied.encoder.h1.weight.mT)
    for model in (tied, free):
        Coding(SquaredError())(model, {"x": X}).mean().backward()
    expected = free.encoder.h1.weight.grad + free.decoder.outputs.weight.grad.mT
    torch.testing.assert_close(tied.encoder.h1.weight.grad, expected)


# --- layers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"tied": True}, {"code": KSparse(2)}])
def test_the_codecs_of_all_layers_nested_are_the_net(settings):
    model = net([8, 6, 5, 3], activation="logistic", **settings)
    parts = [model.layer(k) for k in range(3)]
    x = X
    for k, part in enumerate(parts):
        torch.testing.assert_close(model.below(X, k), x)
        x = part.encode(x)
    torch.testing.assert_close(x, model.encode(X))
    for part in reversed(parts):
        x = part.decode(x)
    torch.testing.assert_close(x, model.reconstruct(X))
    assert [part.output_kind for part in parts] == ["probabilities"] * 3
    assert parts[1].encoder.h2 is model.encoder.h2
    assert [p.output_kind for p in map(net([8, 6, 3], outputs="values").layer, (0, 1))] == [
        "values",
        "values",
    ]


# --- more numbers than values ----------------------------------------------------------------


def test_an_overcomplete_linear_net_without_constraint_copies_its_rows():
    """Its error falls to zero, so that its code need say nothing about the data."""
    model = net([8, 20], activation="identity", outputs="values")
    learner = Descent(model, torch.optim.Adam(model.parameters(), lr=0.01), Coding(SquaredError()))
    fresh = torch.rand(50, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    rows = torch.rand(200, 8, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    for _ in range(1500):
        learner.step({"x": rows})
    spread = float((fresh - fresh.mean(0)).square().mean())
    assert float((model.reconstruct(fresh) - fresh).detach().square().mean()) < 1e-4 * spread


def test_the_decoder_of_a_linear_net_spans_the_principal_directions():
    """Largest angle between both planes, and the error: the tail of the eigenvalues."""
    source = torch.Generator().manual_seed(3)
    mix = torch.randn(5, 5, generator=source, dtype=torch.float64)
    rows = torch.randn(400, 5, generator=source, dtype=torch.float64) @ mix
    rows = rows - rows.mean(0)
    model = net([5, 2], activation="identity", outputs="values")
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    learner = Descent(model, optimiser, Coding(SquaredError()))
    for step in range(4000):
        if step == 3000:
            optimiser.param_groups[0]["lr"] = 1e-3
        learner.step({"x": rows})
    _, s, v = torch.linalg.svd(rows, full_matrices=False)
    basis, _ = torch.linalg.qr(model.decoder.outputs.weight.detach())
    cosines = torch.linalg.svdvals(basis.mT @ v[:2].mT)
    assert float(cosines.min().clamp(max=1).arccos()) < 1e-2
    error = (model.reconstruct(rows) - rows).detach().square().sum(1).mean()
    assert float(error) == pytest.approx(float(s[2:].square().sum() / len(rows)), rel=1e-3)
