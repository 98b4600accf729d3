"""Learning rules of energy graphs: contrasts, the gradient and its edits, the loop."""

from harmonium.learning.contrast import CD, PCD, Contrast, Exact
from harmonium.learning.discriminative import Discriminative, conditional_loss
from harmonium.learning.fast import FPCD
from harmonium.learning.geometry import Geometry, Offsets, follow
from harmonium.learning.gradient import gradient
from harmonium.learning.greedy import copies, doubled, greedy, hidden_means
from harmonium.learning.health import Finding, Watch, reliable
from harmonium.learning.hebbian import hebb, pseudo_inverse, storkey
from harmonium.learning.inference import Clamped, Inference, MeanField, normalised, positive
from harmonium.learning.learner import Learner, start_from
from harmonium.learning.loop import Schedule, fit, linear_decay, momentum
from harmonium.learning.missing import Missing, filled_by_means
from harmonium.learning.penalties import L1, L2, MaxNorm, Penalty, Sparsity
from harmonium.learning.supervised import Classify

__all__ = [
    "CD",
    "FPCD",
    "Clamped",
    "Classify",
    "Inference",
    "L1",
    "L2",
    "PCD",
    "Contrast",
    "Discriminative",
    "Exact",
    "Finding",
    "Geometry",
    "Learner",
    "MaxNorm",
    "MeanField",
    "Missing",
    "Offsets",
    "Penalty",
    "Schedule",
    "Sparsity",
    "Watch",
    "conditional_loss",
    "copies",
    "doubled",
    "filled_by_means",
    "fit",
    "follow",
    "gradient",
    "greedy",
    "hebb",
    "hidden_means",
    "linear_decay",
    "momentum",
    "normalised",
    "positive",
    "pseudo_inverse",
    "reliable",
    "start_from",
    "storkey",
]
