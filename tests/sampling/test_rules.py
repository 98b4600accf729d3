import torch
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.sampling.rules import mean, mode, sample
from harmonium.units import Bernoulli, Rectified


def test_each_rule_asks_the_family_one_thing():
    field = torch.linspace(-3, 3, 8)[None]
    for units in (Bernoulli(8), Rectified(8)):
        assert_close(mean(units, field, source=generator(1)), units.mean(field))
        assert_close(mode(units, field, source=generator(1)), units.mode(field))
        drawn = sample(units, field, source=generator(1))
        assert torch.equal(drawn, units.sample(field, generator(1)))


def test_only_sampling_draws():
    units, field = Bernoulli(8), torch.zeros(1, 8)
    source = generator(1)
    before = source.get_state()
    mean(units, field, source=source)
    mode(units, field, source=source)
    assert torch.equal(source.get_state(), before)
    sample(units, field, source=source)
    assert not torch.equal(source.get_state(), before)
