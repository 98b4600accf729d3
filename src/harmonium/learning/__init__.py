"""Learning of energy graphs: contrasts, inference, gradients, penalties and training loops."""

from harmonium.learning.adversarial import Adversarial, gradient_penalty
from harmonium.learning.associations import (
    Associate,
    condition,
    correlation_matrix,
    cross_talk,
    optimal_mapping,
)
from harmonium.learning.averaged import Averaged
from harmonium.learning.backward import LayerPass, loss_of, passes
from harmonium.learning.ceiling import Ceiling, ceilings, least_variance
from harmonium.learning.contrast import CD, PCD, Contrast, Exact
from harmonium.learning.convolution_backward import convolution_backward, pooling_backward
from harmonium.learning.convolution_matrix import (
    WeightCounts,
    convolution_matrix,
    weight_counts,
)
from harmonium.learning.corrections import each, winner
from harmonium.learning.descent import Descent, Objective
from harmonium.learning.discriminative import Discriminative, conditional_loss
from harmonium.learning.episodes import returns_of
from harmonium.learning.error_correction import ErrorCorrection
from harmonium.learning.factors import factor_start, has_factor_start
from harmonium.learning.fast import FPCD
from harmonium.learning.fused_backward import FusedDescent, is_fusible
from harmonium.learning.gauge import zero_sum
from harmonium.learning.geometry import Geometry, Offsets, follow
from harmonium.learning.gradient import gradient
from harmonium.learning.graph_learner import GraphLearner
from harmonium.learning.greedy import compose, copies, doubled, greedy, hidden_means, lowest
from harmonium.learning.hebbian import hebb, pseudo_inverse, storkey
from harmonium.learning.inference import (
    Clamped,
    Copied,
    Inference,
    Listed,
    MeanField,
    positive,
)
from harmonium.learning.kohonen import Kohonen, principal_start, row_start
from harmonium.learning.learner import Learner, start_from
from harmonium.learning.loop import Schedule, fit, linear_decay, momentum
from harmonium.learning.max_norm import max_norm
from harmonium.learning.missing import Missing, filled_by_means
from harmonium.learning.mistake_bound import MistakeBound, mistake_bound
from harmonium.learning.objectives import (
    Coding,
    CrossEntropy,
    SquaredError,
    cross_entropy,
)
from harmonium.learning.pathways import PathwayLayer, compose_pathways, pathway_layers
from harmonium.learning.penalties import L1, L2, MaxNorm, Penalty, Sparsity
from harmonium.learning.play import Exploration, Play
from harmonium.learning.pocket import Pocket
from harmonium.learning.projections import responsive_start
from harmonium.learning.range_test import RateRange, range_test
from harmonium.learning.regions import Pieces, Regions, most_regions, pieces, regions
from harmonium.learning.replay import ReplayMemory
from harmonium.learning.ridge import Ridge
from harmonium.learning.schedules import cosine, one_cycle, step_decay, warm_up
from harmonium.learning.separable import Separation, separable
from harmonium.learning.spectrum import Spectrum, low_rank_start, singular_values
from harmonium.learning.stopping import EarlyStopping
from harmonium.learning.synapses import Hebbian
from harmonium.learning.training import Learns, Training, Watch
from harmonium.learning.up_down import UpDown, conditional_gradient, sleep, wake
from harmonium.learning.watch import Finding, Limits, examine
from harmonium.learning.weights_of_classes import class_weights
from harmonium.sampling import normalised

__all__ = [
    "Adversarial",
    "gradient_penalty",
    "Exploration",
    "Play",
    "ReplayMemory",
    "returns_of",
    "Associate",
    "Averaged",
    "CD",
    "Ceiling",
    "Clamped",
    "Copied",
    "Coding",
    "Contrast",
    "CrossEntropy",
    "Descent",
    "Discriminative",
    "EarlyStopping",
    "ErrorCorrection",
    "Exact",
    "FPCD",
    "Finding",
    "FusedDescent",
    "Geometry",
    "GraphLearner",
    "Hebbian",
    "Inference",
    "L1",
    "L2",
    "LayerPass",
    "Kohonen",
    "Learner",
    "Ridge",
    "Learns",
    "Limits",
    "Listed",
    "MaxNorm",
    "MeanField",
    "Missing",
    "MistakeBound",
    "Objective",
    "Offsets",
    "PCD",
    "PathwayLayer",
    "Penalty",
    "Pieces",
    "Pocket",
    "RateRange",
    "Regions",
    "Schedule",
    "Separation",
    "Sparsity",
    "Spectrum",
    "SquaredError",
    "Training",
    "UpDown",
    "Watch",
    "WeightCounts",
    "ceilings",
    "class_weights",
    "compose",
    "compose_pathways",
    "condition",
    "conditional_gradient",
    "conditional_loss",
    "convolution_backward",
    "convolution_matrix",
    "copies",
    "correlation_matrix",
    "cosine",
    "cross_entropy",
    "cross_talk",
    "doubled",
    "each",
    "examine",
    "factor_start",
    "filled_by_means",
    "fit",
    "follow",
    "gradient",
    "greedy",
    "has_factor_start",
    "hebb",
    "hidden_means",
    "is_fusible",
    "least_variance",
    "linear_decay",
    "lowest",
    "loss_of",
    "low_rank_start",
    "max_norm",
    "mistake_bound",
    "momentum",
    "most_regions",
    "normalised",
    "one_cycle",
    "optimal_mapping",
    "passes",
    "pathway_layers",
    "pieces",
    "pooling_backward",
    "positive",
    "pseudo_inverse",
    "range_test",
    "regions",
    "responsive_start",
    "separable",
    "singular_values",
    "sleep",
    "start_from",
    "step_decay",
    "storkey",
    "wake",
    "warm_up",
    "weight_counts",
    "winner",
    "zero_sum",
    "principal_start",
    "row_start",
]
