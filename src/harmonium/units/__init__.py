"""Unit families, one per file."""

from harmonium.units.base import Units
from harmonium.units.bernoulli import Bernoulli
from harmonium.units.binomial import Binomial
from harmonium.units.categorical import Categorical
from harmonium.units.drelu import DReLU
from harmonium.units.gaussian import Gaussian
from harmonium.units.max_pooled import MaxPooled
from harmonium.units.multinomial import Multinomial
from harmonium.units.poisson import Poisson
from harmonium.units.rectified import Rectified
from harmonium.units.spin import Spin

__all__ = [
    "Bernoulli",
    "Binomial",
    "Categorical",
    "DReLU",
    "Gaussian",
    "MaxPooled",
    "Multinomial",
    "Poisson",
    "Rectified",
    "Spin",
    "Units",
]
