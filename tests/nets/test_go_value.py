import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets import GoValue, Net
from harmonium.random import seeded

LAYERS = [
    {"type": "conv2d", "out_channels": 2, "kernel_size": 3},
    "tanh",
    "flatten",
    {"type": "linear", "out_features": 1},
]
X = torch.randn(6, 49, 5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def value(**settings):
    with seeded(0):
        return GoValue(Net([49, 5, 5], LAYERS, outputs="values"), **settings).double().eval()


@torch.no_grad()
@pytest.mark.parametrize("g", range(1, 8))
def test_a_turned_board_has_the_same_value(g):
    net = value()
    turned = torch.rot90(X, g % 4, (2, 3))
    turned = turned.flip(3) if g >= 4 else turned
    assert torch.allclose(net(turned), net(X), atol=1e-12)
    plain = value(symmetric=False)
    assert not torch.allclose(plain(turned), plain(X))
    assert float(net(100 * X).abs().max()) <= 1


def test_in_training_one_of_the_eight_views_is_used():
    net, plain = value().train(), value(symmetric=False)
    net.source = torch.Generator().manual_seed(0)
    boards = [torch.rot90(X, g % 4, (2, 3)) for g in range(8)]
    boards = [board.flip(3) if g >= 4 else board for g, board in enumerate(boards)]
    views = [plain(board) for board in boards]
    seen = set()
    for _ in range(40):
        found = net(X)
        (same,) = [g for g in range(8) if torch.allclose(found, views[g], atol=1e-12)]
        seen.add(same)
    assert seen == set(range(8))
    assert torch.allclose(net.eval()(X), torch.stack(views).mean(0), atol=1e-12)


def test_gradients_are_those_of_finite_differences():
    net = value()
    names = [name for name, _ in net.named_parameters()]

    def outputs(*values):
        return torch.func.functional_call(net, dict(zip(names, values, strict=True)), (X[:2],))

    assert torch.autograd.gradcheck(outputs, [*net.parameters()])


def test_what_does_not_fit_is_named():
    with pytest.raises(UsageError, match="a value is one"):
        GoValue(
            Net([49, 5, 5], [{"type": "conv2d", "out_channels": 2, "kernel_size": 5}, "flatten"])
        )
    with pytest.raises(UsageError, match="planes, size, size"):
        GoValue(Net([49], [{"type": "linear", "out_features": 1}]))
