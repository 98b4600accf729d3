import pytest
import torch

from harmonium.data.go import Game, feature_planes, legal, positions
from harmonium.data.go.planes import LEGAL
from harmonium.errors import UsageError
from harmonium.nets import GoPolicy, Net
from harmonium.nets.architectures import alphago_policy
from harmonium.random import seeded

LAYERS = [{"type": "conv2d", "out_channels": 1, "kernel_size": 3, "padding": 1}, "flatten"]


def some():
    games = [Game((60, 72, 300, 288, 40, 59)), Game((180, 181, 161, 199, 182))]
    return positions(games, 9, source=torch.Generator().manual_seed(0))[0]


def policy(**settings):
    with seeded(0):
        return GoPolicy(Net([48, 19, 19], LAYERS), **settings).eval()


def test_only_legal_moves_have_a_probability():
    position = some()
    p = policy()(feature_planes(position)).softmax(1)
    assert torch.equal(p > 0, legal(position))
    torch.testing.assert_close(p.sum(1), torch.ones(len(p)))


@pytest.mark.parametrize("g", range(8))
def test_a_turned_board_gives_the_turned_policy(g):
    net, x = policy(), feature_planes(some())
    turned = torch.rot90(x, g % 4, (2, 3))
    turned = turned.flip(3) if g >= 4 else turned
    p = net(x).view(-1, 19, 19)
    expected = torch.rot90(p, g % 4, (1, 2))
    expected = expected.flip(2) if g >= 4 else expected
    torch.testing.assert_close(net(turned).view(-1, 19, 19), expected, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(policy(symmetric=False)(turned).view(-1, 19, 19), expected) or g == 0


def test_in_training_one_of_the_eight_views_is_used():
    net, x = policy(), feature_planes(some())
    views = [net.seen(x, g) for g in range(8)]
    net.train()
    net.source = torch.Generator().manual_seed(0)
    allowed = net(x) > -1e8
    seen = set()
    for _ in range(40):
        logits = net(x)
        (same,) = [g for g in range(8) if torch.equal(logits[allowed], views[g][allowed])]
        seen.add(same)
    assert seen == set(range(8))


def test_gradients_are_those_of_finite_differences():
    with seeded(0):
        inner = [{"type": "conv2d", "out_channels": 1, "kernel_size": 1}, "tanh", "flatten"]
        net = GoPolicy(Net([48, 5, 5], inner)).double()
    x = torch.zeros(1, 48, 5, 5, dtype=torch.float64)
    x[:, LEGAL.start] = (torch.arange(25) % 2).view(5, 5)
    x[:, :3] = torch.rand(3, 5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    names = [name for name, _ in net.named_parameters()]

    def loss(*values):
        named = dict(zip(names, values, strict=True))
        return torch.func.functional_call(net.eval(), named, (x,)).log_softmax(1)[0, 1]

    assert torch.autograd.gradcheck(loss, [*net.parameters()])


def test_what_does_not_fit_is_named():
    with pytest.raises(UsageError, match="at least"):
        GoPolicy(Net([4, 19, 19], LAYERS))
    two = [{"type": "conv2d", "out_channels": 2, "kernel_size": 3, "padding": 1}, "flatten"]
    with pytest.raises(UsageError, match="722 outputs, and its board 361"):
        GoPolicy(Net([48, 19, 19], two))
    assert GoPolicy(alphago_policy(maps=4)).units[-1] == 361
