"""Learning rules of energy graphs: contrasts, the gradient and its edits, the loop."""

from harmonium.learning.contrast import CD, PCD, Contrast, Exact, positive
from harmonium.learning.gauge import zero_sum
from harmonium.learning.geometry import Geometry, Offsets, follow
from harmonium.learning.gradient import gradient
from harmonium.learning.greedy import greedy, hidden_means
from harmonium.learning.learner import Learner, start_from
from harmonium.learning.loop import Schedule, fit, linear_decay, momentum
from harmonium.learning.penalties import L1, L2, MaxNorm, Penalty, Sparsity
from harmonium.learning.spectrum import Spectrum, low_rank_start, singular_values
from harmonium.learning.supervised import Classify
from harmonium.learning.watch import Finding, Limits, examine

__all__ = [
    "CD",
    "L1",
    "L2",
    "PCD",
    "Classify",
    "Contrast",
    "Exact",
    "Finding",
    "Geometry",
    "Learner",
    "Limits",
    "MaxNorm",
    "Offsets",
    "Penalty",
    "Schedule",
    "Sparsity",
    "Spectrum",
    "examine",
    "fit",
    "follow",
    "gradient",
    "greedy",
    "hidden_means",
    "linear_decay",
    "low_rank_start",
    "momentum",
    "positive",
    "singular_values",
    "start_from",
    "zero_sum",
]
