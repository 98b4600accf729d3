"""Unit families, one per file."""

from harmonium.units.base import Units
from harmonium.units.bernoulli import Bernoulli
from harmonium.units.categorical import Categorical
from harmonium.units.gaussian import Gaussian
from harmonium.units.multinomial import Multinomial
from harmonium.units.rectified import Rectified
from harmonium.units.spin import Spin

__all__ = ["Bernoulli", "Categorical", "Gaussian", "Multinomial", "Rectified", "Spin", "Units"]
