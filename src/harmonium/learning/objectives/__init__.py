"""Objectives of gradient descent: from a net and a batch to the loss of each row.

An objective says which ``outputs`` of a net it can compare (``nets``), and under which ``figure``
its mean is written down (``harmonium.figures``).
"""

from harmonium.learning.objectives.bernoulli import Bernoulli
from harmonium.learning.objectives.brier import Brier
from harmonium.learning.objectives.coding import Coding
from harmonium.learning.objectives.cross_entropy import CrossEntropy, cross_entropy
from harmonium.learning.objectives.gaussian import Gaussian
from harmonium.learning.objectives.mixed import Mixed
from harmonium.learning.objectives.multinomial import Multinomial
from harmonium.learning.objectives.nca import NCA
from harmonium.learning.objectives.next_token import NextToken
from harmonium.learning.objectives.pinball import Pinball
from harmonium.learning.objectives.ranking import Ranking
from harmonium.learning.objectives.series import SeriesContrast
from harmonium.learning.objectives.squared_error import SquaredError
from harmonium.learning.objectives.symbols import Symbols
from harmonium.learning.objectives.tags import Tags
from harmonium.learning.objectives.temporal_difference import TemporalDifference
from harmonium.learning.objectives.triplet import Triplet
from harmonium.learning.objectives.wake_sleep import WakeSleep

__all__ = [
    "TemporalDifference",
    "NCA",
    "Bernoulli",
    "Brier",
    "Coding",
    "CrossEntropy",
    "Gaussian",
    "Mixed",
    "Multinomial",
    "SeriesContrast",
    "NextToken",
    "Pinball",
    "Ranking",
    "SquaredError",
    "Symbols",
    "Tags",
    "Triplet",
    "WakeSleep",
    "cross_entropy",
]
