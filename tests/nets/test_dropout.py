"""Dropout: what it draws, and that nothing is drawn where a net is used."""

import copy
import pickle

import pytest
import torch
from torch import nn

from harmonium import belief_net, load, save, unroll
from harmonium.learning import Descent, cross_entropy
from harmonium.nets import MLP
from harmonium.nets.dropout import Dropout, after_activations, set_source
from harmonium.random import generator, seeded

X = torch.rand(40, 6, generator=generator(5), dtype=torch.float32)
Y = torch.arange(40) % 3


def net(dropout=0.5):
    with seeded(0):
        return MLP([6, 8, 7, 3], dropout=dropout)


def learner(seed=0, dropout=(0.2, 0.5, 0.5)):
    model = net(dropout)
    set_source(model, generator(seed))
    return Descent(model, torch.optim.SGD(model.parameters(), lr=0.1), cross_entropy)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_share_of_zeros_and_the_mean(dtype):
    part, x = Dropout(0.3), torch.ones(400, 500, dtype=dtype)
    part.source = generator(0)
    y = part(x)
    n = y.numel()
    assert float((y == 0).double().mean()) == pytest.approx(0.3, abs=4 * (0.21 / n) ** 0.5)
    assert y.unique().tolist() == pytest.approx([0.0, 1 / 0.7])
    assert not torch.equal(y, part(x))
    # columns and rows are independent: their means spread as those of independent draws
    for axis, count in ((0, 400), (1, 500)):
        spread = (y == 0).double().mean(axis).std()
        assert float(spread) == pytest.approx((0.21 / count) ** 0.5, rel=0.15)


def test_gradients_pass_where_values_do():
    part, x = Dropout(0.5), torch.ones(50, 4, dtype=torch.float64, requires_grad=True)
    part.source = generator(1)
    y = part(x)
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())


def test_in_use_it_does_nothing_and_draws_nothing():
    source = generator(0)
    model = net()
    set_source(model, source)
    model.eval()
    before = source.get_state()
    with seeded(0):
        plain = MLP([6, 8, 7, 3])
    assert torch.equal(model(X), plain(X))
    assert torch.equal(model(X), model(X))
    assert torch.equal(source.get_state(), before)


def test_a_learner_leaves_the_net_ready_for_use():
    one = learner()
    before = torch.get_rng_state()
    one.step({"x": X, "y": Y})
    assert not one.module.training
    assert not any(part.training for part in one.module.modules())
    assert torch.equal(torch.get_rng_state(), before)
    with pytest.raises(IndexError):
        one.step({"x": X, "y": Y + 5})
    assert not one.module.training


def test_the_draws_are_those_of_the_source():
    first, same, other = learner(0), learner(0), learner(1)
    for each in (first, same, other):
        for _ in range(3):
            each.step({"x": X, "y": Y})
    assert torch.equal(first.module.h1.weight, same.module.h1.weight)
    assert not torch.equal(first.module.h1.weight, other.module.h1.weight)
    without = learner(0, dropout=0.0)
    without.step({"x": X, "y": Y})
    assert not torch.equal(first.module.h1.weight, without.module.h1.weight)


def test_the_places_of_dropout_in_a_net():
    names = [name for name, part in net((0.2, 0.0, 0.5)).named_modules() if "dropout" in name]
    assert names == ["x_dropout", "h2_dropout"]
    order = [name for name, _ in net(0.5).named_children()]
    assert order[:4] == ["h1", "h1_activation", "h1_dropout", "h2"]
    assert order[-1] == "outputs"
    assert [name for name, _ in net(0).named_children() if "dropout" in name] == []
    with seeded(0):
        linear = MLP([6, 8, 3], activation="identity", dropout=[0.1, 0.2])
    assert [name for name, _ in linear.named_children()] == [
        "x_dropout",
        "h1",
        "h1_dropout",
        "outputs",
    ]


def test_activities_are_those_without_dropout_after_the_layer():
    model = net((0.0, 0.5, 0.5))
    model.train()
    found = model.activities(X)
    assert [*found] == ["h1", "h2"]
    assert torch.equal(found["h1"], net(0).activities(X)["h1"])


@pytest.mark.parametrize("shares", [[0.5], [0.1, 0.2], [0.1, 0.2, 0.3, 0.4]])
def test_a_wrong_number_of_shares_is_refused(shares):
    with pytest.raises(ValueError, match="2 hidden layers: give 3 shares, or one number"):
        net(shares)


def test_a_share_of_everything_is_refused():
    with pytest.raises(ValueError, match="dropout is 1.0: give a share of at least 0 and below 1"):
        net(1.0)


def test_copies_and_files_do_not_hold_the_generator(tmp_path):
    model = learner().module
    assert copy.deepcopy(model).h1_dropout.source is None
    assert pickle.loads(pickle.dumps(model)).h1_dropout.source is None
    assert model.h1_dropout.source is not None
    back = load(save(model, tmp_path / "net.safetensors"))
    assert back.settings == model.settings
    assert torch.equal(back.eval()(X), model.eval()(X))


# --- nets that are unrolled ----------------------------------------------------------------------


def unrolled(p):
    return after_activations(unroll(belief_net(6, 5, 4, std=0.5), outputs=3), p)


def test_dropout_follows_every_activation_and_leaves_the_names_of_parameters():
    with seeded(0):
        plain = unrolled(0.0)
    with seeded(0):
        dropped = unrolled(0.5)
    assert [type(part) for part in plain] == [nn.Linear, nn.Sigmoid] * 2 + [nn.Linear]
    assert [type(part[1]) for part in (dropped[1], dropped[3])] == [Dropout] * 2
    dropped.load_state_dict(plain.state_dict())
    assert torch.equal(dropped.eval()(X), plain(X))
    set_source(dropped.train(), generator(1))
    kept = (dropped[:2](X) != 0).double().mean()
    assert 0.35 < float(kept) < 0.65


def test_values_without_an_activation_are_not_dropped():
    net = nn.Sequential(nn.Linear(6, 2), nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 3))
    after_activations(net, 0.5)
    assert [type(part) for part in net] == [nn.Linear, nn.Linear, nn.Sequential, nn.Linear]
