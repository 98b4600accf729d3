"""Adversaries: noise, rows, scores, classes, files, and nets that do not fit."""

import copy

import pytest
import torch

import harmonium as hm
from harmonium.nets import MLP, Adversaries, Maxout, Net
from harmonium.random import generator, seeded


def small(classes=None, **settings):
    with seeded(0):
        return Adversaries(
            MLP([3 + (classes or 0), 5, 6]), MLP([6, 4, classes or 1]), classes=classes, **settings
        )


def pictures():
    """Nets with convolutions, described by their layers."""
    with seeded(0):
        up = Net(
            [4],
            [
                {"type": "linear", "out_features": 18},
                {"type": "unflatten", "dim": 1, "unflattened_size": [2, 3, 3]},
                {"type": "conv_transpose2d", "out_channels": 1, "kernel_size": 2, "stride": 2},
            ],
        )
        layers = [{"type": "conv2d", "out_channels": 3, "kernel_size": 3}, "flatten"]
        down = Net([1, 6, 6], [*layers, {"type": "linear", "out_features": 1}])
        return Adversaries(up, down, spectral_norm=True)


def test_rows_are_made_of_noise_in_the_range_of_the_data():
    net = small()
    z = net.latents(500, source=generator(0))
    assert z.shape == (500, 3)
    assert abs(float(z.mean())) < 0.1
    assert abs(float(z.std()) - 1) < 0.1
    x = net.made(z)
    torch.testing.assert_close(x, net.generator(z).sigmoid())
    values = small(outputs="values")
    torch.testing.assert_close(values.made(z), values.generator(z))
    uniform = small(prior="uniform").latents(500, source=generator(0))
    assert uniform.abs().max() <= 1
    assert uniform.min() < -0.9


def test_classes_stand_behind_the_noise_and_choose_the_score():
    net = small(classes=2)
    z = net.latents(4, source=generator(0))
    assert net.noise == 3
    assert z[:, 3:].tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    y = torch.tensor([1, 1, 0, 1])
    assert net.latents(4, y=y)[:, 4].tolist() == [1, 1, 0, 1]
    x = torch.rand(4, 6)
    expected = net.discriminator(x)[torch.arange(4), y]
    torch.testing.assert_close(net.scores(x, y), expected)
    with pytest.raises(ValueError, match="give y"):
        net.scores(x)


def test_pictures_go_through_described_nets():
    net = pictures()
    x = net.made(net.latents(5))
    assert x.shape == (5, 36)
    assert net.shape == (1, 6, 6)
    torch.testing.assert_close(net.scores(x), net.scores(x.reshape(5, 1, 6, 6)))


@pytest.mark.parametrize("build", [small, pictures, lambda: small(3, prior="uniform")])
def test_they_come_back_from_a_file(build, tmp_path):
    net = build()
    hm.save(net, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors")
    assert again.settings.keys() == net.settings.keys()
    for name, x in net.state_dict().items():
        assert torch.equal(x, again.state_dict()[name])
    z = net.latents(4)
    torch.testing.assert_close(again.eval().made(z), net.eval().made(z))


def test_a_copy_has_its_own_weights_and_no_generator():
    net = pictures()
    net.source = generator(0)
    again = copy.deepcopy(net)
    assert again.source is None
    x = torch.rand(3, 36)
    torch.testing.assert_close(again.eval().scores(x), net.eval().scores(x))
    with torch.no_grad():
        next(again.discriminator.parameters()).mul_(2)
    assert not torch.equal(again.scores(x), net.scores(x))


def test_first_rows_are_like_the_mean_row():
    mean = torch.tensor([0.0, 0.1, 0.3, 0.5, 0.7, 1.0])
    net = small()
    net.start(mean)
    with torch.no_grad():
        net.generator.outputs.weight.zero_()
    made = net.made(net.latents(1))[0]
    torch.testing.assert_close(made, mean.clamp(0.01, 0.99))
    convolved = pictures()
    before = copy.deepcopy(convolved.state_dict())
    convolved.start(torch.zeros(36))
    assert all(torch.equal(x, before[name]) for name, x in convolved.state_dict().items())


def test_a_path_goes_from_end_to_end_on_the_sphere():
    net = small()
    a, b = net.latents(2, source=generator(0)), net.latents(2, source=generator(1))
    way = net.path(a, b, steps=5)
    assert way.shape == (5, 2, 3)
    assert torch.equal(way[0], a)
    assert torch.equal(way[-1], b)
    torch.testing.assert_close(way[2], (a + b) / 2**0.5)
    straight = small(prior="uniform").path(a, b, steps=3)
    torch.testing.assert_close(straight[1], (a + b) / 2)


def test_every_point_of_a_path_has_the_distribution_of_the_prior():
    net = small()
    way = net.path(net.latents(20_000, source=generator(0)), net.latents(20_000), steps=4)
    for points in way:
        torch.testing.assert_close(points.T.cov(), torch.eye(3), atol=0.05, rtol=0)


def test_a_path_between_classes_goes_straight():
    net = small(classes=2)
    a, b = net.latents(2, source=generator(0)).split(1)
    assert net.path(a, b, steps=3)[1, 0, 3:].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("parts", "classes", "words"),
    [
        ((MLP([3, 5]), MLP([6, 1])), None, "makes rows of 5 values, and .* reads 6"),
        ((MLP([3, 6]), MLP([6, 2])), None, "has 2 outputs, and one score is needed"),
        ((MLP([3, 6]), MLP([6, 1])), 2, "a score for each of 2 classes"),
        ((MLP([2, 6]), MLP([6, 2])), 2, "give it more, for the noise"),
        ((MLP([3, 6], outputs="values"), MLP([6, 1])), None, "generator: its outputs"),
        ((MLP([3, 6]), torch.nn.Linear(6, 1)), None, "discriminator Linear has no units"),
    ],
)
def test_nets_that_do_not_fit_are_refused(parts, classes, words):
    with pytest.raises(ValueError, match=words):
        Adversaries(*parts, classes=classes)


def test_any_net_can_play():
    net = Adversaries(Maxout([3, 4, 6]), Maxout([6, 4, 1]))
    assert net(torch.rand(2, 6)).shape == (2, 1)
    assert net.units == (6, 4, 1)
