"""Abilities of models that make rows."""

import harmonium as hm
from harmonium.models import adapted
from harmonium.models.generative import Bounded, Decodes, Discriminates, Latent, Samples
from harmonium.nets import MLP, Adversaries, Autoencoder
from harmonium.nets.codes import Gaussian

KINDS = (Bounded, Decodes, Discriminates, Latent, Samples)


def has(module):
    return {kind.__name__ for kind in KINDS if isinstance(adapted(module), kind)}


def test_every_kind_of_generator_has_its_own():
    assert has(hm.rbm(4, 2)) == {"Samples"}
    assert has(Autoencoder([4, 2], code=Gaussian())) == {"Bounded", "Decodes", "Samples"}
    assert has(Adversaries(MLP([2, 4]), MLP([4, 1]))) == {"Discriminates", "Latent", "Samples"}
    assert has(MLP([4, 2])) == set()
