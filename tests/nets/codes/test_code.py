"""Codes: the point, and what a draw needs."""

import copy
import pickle

import pytest
import torch

from harmonium import registry
from harmonium.nets import Autoencoder
from harmonium.nets.codes import Code, Point
from harmonium.nets.dropout import set_source
from tests.nets.codes.normal import Normal

Z = torch.randn(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def test_the_point_is_what_the_encoder_gives():
    code = Point()
    assert torch.equal(code(Z), Z)
    assert torch.equal(code.point(Z), Z)
    assert code.cost(Z).tolist() == [0.0] * 5
    assert code.width(7) == 7


def test_a_code_draws_in_training_mode_only_and_from_its_own_generator():
    net = Autoencoder([3, 2], code=Normal()).double()
    set_source(net, generator())
    drawn = net.train()(Z)
    set_source(net, generator())
    assert torch.equal(net(Z), drawn)
    assert not torch.equal(net(Z), drawn)
    assert torch.equal(net.eval()(Z), net(Z))
    assert torch.equal(net.train().encode(Z), net.eval().encode(Z))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_leave_the_generator_behind(copied):
    net = Autoencoder([3, 2], code=Normal())
    set_source(net, generator())
    assert copied(net).code.source is None
    assert net.code.source is not None


@pytest.mark.parametrize("name", registry.KINDS["Code"])
def test_every_code_of_the_registry_keeps_its_promises(name):
    """As many numbers as it says, no draw in the point, a cost for each row, its own settings."""
    code = registry.target(registry.KINDS["Code"][name])
    code = code(**{"kept": 2} if name == "k_sparse" else {})
    assert isinstance(code, Code)
    z = torch.randn(5, code.width(3), generator=generator(), dtype=torch.float64)
    for mode in (True, False):
        code.train(mode).source = generator()
        assert code(z).shape == code.point(z).shape == (5, 3)
        assert torch.equal(code.point(z), code.point(z))
        assert code.cost(z).shape == (5,)
    assert torch.equal(code(z), code.point(z))
    assert repr(type(code)(**code.settings)) == repr(code)
