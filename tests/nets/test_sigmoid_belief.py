"""The sigmoid belief net: sizes, means, starts and refusals; its probabilities are a law."""

import copy

import pytest
import torch
from torch.testing import assert_close

import harmonium as hm
from harmonium.nets import SigmoidBeliefNet
from harmonium.random import generator, seeded


def made(units=(6, 4, 3), **settings):
    with seeded(0):
        return SigmoidBeliefNet([*units], **settings)


def test_each_layer_is_the_mean_given_the_one_below():
    net = made()
    x = torch.rand(5, 6, generator=generator(1), dtype=torch.float32)
    found = net.activities(x)
    h1 = torch.sigmoid(x @ net.recogniser.h1.weight.T + net.recogniser.h1.bias)
    assert_close(found["h1"], h1)
    assert_close(found["h2"], net.recogniser.h2(h1).sigmoid())
    assert net.units == (6, 4, 3)
    assert net.reconstruct(x).shape == (5, 6)


def test_draws_are_binary_and_repeat_from_their_seed():
    net = made()
    one, two, other = (net.generate(50, source=generator(k)) for k in (1, 1, 2))
    assert [v.shape[1] for v in one] == [6, 4, 3]
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
    assert not torch.equal(one[0], other[0])
    assert set(torch.cat(one, 1).unique().tolist()) == {0.0, 1.0}
    means = net.generate(50, means=True, source=generator(1))[0]
    assert 0 < float(means.min()) < float(means.max()) < 1


def test_all_samples_of_a_row_have_the_recognition_of_that_row():
    net = made().double()
    x = (torch.rand(3, 6, generator=generator(1)) > 0.5).double()
    values, log_q = net.recognise(x, samples=4, source=generator(2))
    assert torch.equal(values[0], x.repeat(4, 1))
    assert_close(log_q, net.log_recognition(values))


def test_gaussian_rows_have_their_own_deviations():
    net = made((2, 3), outputs="gaussian").double()
    net.start(torch.tensor([5.0, -1.0]), torch.tensor([2.0, 0.0]))
    lowest = net.downwards[0]
    assert_close(lowest.bias.detach(), torch.tensor([5.0, -1.0]).double())
    assert_close(lowest.log_std.exp().detach(), torch.tensor([2.0, 1.0]).double())
    with torch.no_grad():
        lowest.weight.zero_()
    x = net.generate(100_000, source=generator(3))[0]
    assert_close(x.mean(0), torch.tensor([5.0, -1.0]).double(), atol=0.03, rtol=0)
    assert_close(x.std(0), torch.tensor([2.0, 1.0]).double(), atol=0.03, rtol=0)
    values = [x[:5], *(v[:5] for v in net.generate(5, source=generator(4))[1:])]
    normal = torch.distributions.Normal(lowest.bias, lowest.log_std.exp())
    top = torch.distributions.Bernoulli(logits=net.prior)
    expected = normal.log_prob(values[0]).sum(1) + top.log_prob(values[1]).sum(1)
    assert_close(net.log_joint(values), expected)


def test_the_start_is_the_logit_of_the_means():
    net = made((2, 3))
    net.start(torch.tensor([0.25, 0.0]), torch.zeros(2))
    assert_close(
        net.downwards[0].bias.detach().sigmoid(), torch.tensor([0.25, 0.001]), atol=1e-6, rtol=0
    )
    with pytest.raises(ValueError, match=r"means of shape \(3,\): the net has 2 values"):
        net.start(torch.zeros(3), torch.zeros(3))


def test_it_is_saved_and_copied_without_its_generator(tmp_path):
    net = made()
    net.source = generator(0)
    assert copy.deepcopy(net).source is None
    again = hm.load(hm.save(net, tmp_path / "net.safetensors"))
    assert again.settings == net.settings
    assert torch.equal(again.prior, net.prior)


def test_too_many_hidden_units_are_not_enumerated():
    with pytest.raises(ValueError, match="at most"):
        made((2, 40)).log_prob(torch.zeros(1, 2, dtype=torch.float32))
    with pytest.raises(ValueError, match="give the values of a row"):
        SigmoidBeliefNet([6])
