"""A sigmoid belief net as a model."""

import pytest
import torch

from harmonium.models import Ancestral, Bounded, SigmoidBeliefModel, adapted
from harmonium.nets import SigmoidBeliefNet
from harmonium.random import generator, seeded


@pytest.fixture
def model():
    with seeded(0):
        return SigmoidBeliefModel(SigmoidBeliefNet([6, 4, 3]))


def rows(n=30):
    return (torch.rand(n, 6, generator=generator(1)) > 0.7).float()


def test_it_is_the_model_of_its_net(model):
    assert type(adapted(model.net)) is SigmoidBeliefModel
    assert isinstance(model, Ancestral)
    assert isinstance(model, Bounded)


def test_samples_are_means_given_the_lowest_layer(model):
    drawn = model.sample(5, source=generator(3))["x"]
    assert torch.equal(drawn, model.net.generate(5, means=True, source=generator(3))[0])
    assert model.sweeps(1000) == 0
    assert [*model.generate(2, source=generator(3))] == ["x", "h1", "h2"]
    with pytest.raises(ValueError, match="sample without given values"):
        model.sample(5, given={"x": drawn})


def test_codes_reconstructions_and_filters_have_the_shapes_of_rows(model):
    x = rows()
    assert [tuple(c.shape) for c in model.codes({"x": x}).values()] == [(30, 4), (30, 3)]
    again = model.reconstruct({"x": x.reshape(30, 2, 3)})["the hidden layers"]["x"]
    assert again.shape == (30, 2, 3)
    assert model.filters()["h1"].shape == (4, 6)


def test_the_first_biases_are_those_of_the_rows(model):
    x = rows(2000)
    model.begin(x)
    found = model.net.downwards[0].bias.sigmoid().detach()
    torch.testing.assert_close(found, x.mean(0), atol=1e-5, rtol=0)
