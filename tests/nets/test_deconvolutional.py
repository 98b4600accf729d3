"""The deconvolutional network: its sums, its inference and what its kernels learn."""

import pytest
import torch

import harmonium as hm
from harmonium.learning import Coding, Descent
from harmonium.learning.code_penalties import Absolute
from harmonium.learning.objectives import SquaredError
from harmonium.nets.deconvolutional import DeconvolutionalNet
from harmonium.random import seeded


def source():
    return torch.Generator().manual_seed(3)


def made(*, steps=20, channels=1, **settings):
    with seeded(0):
        net = DeconvolutionalNet([channels, 6, 7], 3, size=3, steps=steps, **settings)
    return net.double()


def pictures(n=4, channels=1):
    return torch.randn(n, channels, 6, 7, generator=source(), dtype=torch.float64)


@pytest.mark.parametrize("padding", [0, 1, 2])
def test_a_picture_is_the_sum_of_shifted_kernels(padding):
    net = made(channels=2, padding=padding)
    maps = net.decoder.maps
    z = torch.randn(maps, generator=source(), dtype=torch.float64)
    wide = torch.zeros(2, 6 + 2 * padding, 7 + 2 * padding, dtype=torch.float64)
    unit = net.decoder.kernels.detach()
    unit = unit / unit.square().sum((1, 2, 3), keepdim=True).sqrt()
    for k in range(maps[0]):
        for i in range(maps[1]):
            for j in range(maps[2]):
                wide[:, i : i + 3, j : j + 3] += z[k, i, j] * unit[k]
    expected = wide[:, padding : padding + 6, padding : padding + 7]
    found = net.decode(z.flatten()[None]).reshape(2, 6, 7)
    torch.testing.assert_close(found.detach(), expected)


def matrix(net):
    return net.decoder(torch.eye(net.units[1], dtype=torch.float64)).detach().mT


@pytest.mark.parametrize(("channels", "padding"), [(1, 0), (1, 2), (2, 1)])
def test_the_step_is_short_enough(channels, padding):
    net = made(channels=channels, padding=padding)
    largest = float(torch.linalg.matrix_norm(matrix(net), 2) ** 2)
    assert largest <= float(net.decoder.limit().detach()) * (1 + 1e-9)
    assert largest >= 0.3 * float(net.decoder.limit().detach())  # and not needlessly short


@pytest.mark.parametrize("sparsity", [0.01, 0.3])
def test_along_inference_the_cost_of_no_picture_rises(sparsity):
    x = pictures(20)
    costs = []
    for steps in range(1, 20):
        net = made(steps=steps, sparsity=sparsity)
        costs.append(net.cost(x, net.encode(x)).detach())
    costs = torch.stack([0.5 * x.square().flatten(1).sum(1), *costs])
    assert float(costs.diff(dim=0).max()) <= 1e-12
    assert (costs[-1] < 0.95 * costs[0]).all()


def test_a_step_that_is_too_long_lets_the_cost_rise(monkeypatch):
    """The wrong specimen: without the comparison and with a long step the cost grows."""
    net = made(steps=1)
    monkeypatch.setattr(type(net.decoder), "limit", lambda _: torch.tensor(0.05))
    monkeypatch.setattr(torch, "where", lambda _, new, __: new)
    x = pictures()
    assert (net.cost(x, net.encode(x)) > 0.5 * x.square().flatten(1).sum(1)).all()


def test_with_kernels_as_large_as_the_picture_it_is_sparse_coding():
    """Against scikit-learn's coordinate descent."""
    from sklearn.decomposition import sparse_encode

    with seeded(0):
        net = DeconvolutionalNet([1, 5, 5], 12, size=5, sparsity=0.4, steps=300, padding=0)
    net = net.double()
    x = torch.randn(8, 1, 5, 5, generator=source(), dtype=torch.float64)
    unit = net.decoder.unit().detach().flatten(1)
    settings = {"algorithm": "lasso_cd", "alpha": 0.4, "max_iter": 5000}
    expected = sparse_encode(x.flatten(1).numpy(), unit.numpy(), **settings)
    found = net.encode(x)
    torch.testing.assert_close(found, torch.from_numpy(expected), atol=1e-3, rtol=0)
    assert 0.05 < float((found != 0).double().mean()) < 0.9


def test_at_the_minimum_the_gradient_is_that_of_the_lowest_cost():
    """Kernels learn at fixed maps, as if the maps did not depend on them."""
    net, x = made(steps=500, sparsity=0.5, padding=0), pictures(2)
    loss = Coding(SquaredError(), penalties=[Absolute(0.5)])(net, {"x": x}).sum()
    loss.backward()
    lowest = net.cost(x, net.encode(x)).sum()
    torch.testing.assert_close(loss.detach(), lowest.detach())
    own, step = net.decoder.kernels.grad, 1e-5
    for place in [(0, 0, 1, 1), (2, 0, 0, 2)]:
        costs = []
        for sign in (1, -1):
            with torch.no_grad():
                net.decoder.kernels[place] += sign * step
                costs.append(float(net.cost(x, net.encode(x)).sum()))
                net.decoder.kernels[place] -= sign * step
        assert float(own[place]) == pytest.approx((costs[0] - costs[1]) / (2 * step), abs=1e-5)


def test_it_finds_the_kernels_that_pictures_are_made_of():
    truth = DeconvolutionalNet([1, 12, 12], 2, size=3, padding=0).double()
    cross = torch.tensor([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=torch.float64)
    corner = torch.tensor([[1, 1, 1], [1, 0, 0], [1, 0, 0]], dtype=torch.float64)
    with torch.no_grad():
        truth.decoder.kernels.copy_(torch.stack([cross, corner])[:, None])
        g = source()
        z = torch.randn(300, 200, generator=g, dtype=torch.float64)
        z *= torch.rand(300, 200, generator=g, dtype=torch.float64) < 0.03
        x = truth.decoder(z).reshape(300, 1, 12, 12)
    with seeded(1):
        net = DeconvolutionalNet([1, 12, 12], 2, size=3, sparsity=0.1, steps=15, padding=0)
    net = net.double()
    optimiser = torch.optim.Adam(net.parameters(), lr=0.05)
    learner = Descent(net, optimiser, Coding(SquaredError(), penalties=[Absolute(0.1)]))
    for k in range(40):
        learner.step({"x": x[(50 * k) % 300 :][:50]})
    found, wanted = (n.decoder.unit().detach().flatten(1) for n in (net, truth))
    assert (wanted @ found.mT).abs().max(1).values.min() > 0.95


def test_it_is_saved_and_loaded(tmp_path):
    net = made(sparsity=0.2, padding=1).float()
    again = hm.load(hm.save(net, tmp_path / "net.safetensors"))
    x = pictures().float()
    assert torch.equal(again.encode(x), net.encode(x))
    assert sum(p.numel() for p in net.parameters()) == 27


def test_its_filters_are_kernels_in_the_middle():
    net = made(padding=2)
    drawn = net.filters()["code"].reshape(3, 6, 7)
    torch.testing.assert_close(drawn[:, 2:5, 2:5], net.decoder.unit().detach()[:, 0])
    assert int((drawn != 0).sum()) == 27


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="kernels of 9 x 9: give"):
        DeconvolutionalNet([1, 6, 7], 2, size=9)
    with pytest.raises(ValueError, match="padding 3: kernels of 3 x 3 would lie outside"):
        DeconvolutionalNet([1, 6, 7], 2, size=3, padding=3)
