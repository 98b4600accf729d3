"""Sampling, estimates of log Z, exact enumeration and diagnostics of chains."""

from harmonium.sampling.ais import Estimate, ais, base_fields, reverse_ais
from harmonium.sampling.along import Along, log_z_along
from harmonium.sampling.chains import anneal, run, start
from harmonium.sampling.chaos import lyapunov, trajectory
from harmonium.sampling.completion import averaged, beginning, completed
from harmonium.sampling.conditional import expectations, log_conditional, log_marginal, posterior
from harmonium.sampling.directed import ascend, descend
from harmonium.sampling.landscape import landscape, place
from harmonium.sampling.lengths import of_lengths
from harmonium.sampling.mean_field import bound, mean_field
from harmonium.sampling.online import OnlineLogZ
from harmonium.sampling.phase import Phase, expected, fresh, normalised, uniform_weights
from harmonium.sampling.pseudo import pseudo_log_likelihood
from harmonium.sampling.recall import Recall, overlap, recall, recall_at_once, trail
from harmonium.sampling.rules import Rule, mean, mode, noisy_rectified, sample
from harmonium.sampling.stack import stacked
from harmonium.sampling.sweep import Hold, check_mask, complete, sweep, swept
from harmonium.sampling.tempering import Ladder, Replicas, ladder, tuned
from harmonium.sampling.views import annealed, clamped, scaled, shifted, tempered

__all__ = [
    "Along",
    "Estimate",
    "Hold",
    "Ladder",
    "OnlineLogZ",
    "Phase",
    "Recall",
    "Replicas",
    "Rule",
    "ais",
    "averaged",
    "beginning",
    "anneal",
    "annealed",
    "ascend",
    "base_fields",
    "bound",
    "check_mask",
    "clamped",
    "complete",
    "completed",
    "descend",
    "expectations",
    "expected",
    "fresh",
    "ladder",
    "landscape",
    "log_conditional",
    "log_marginal",
    "log_z_along",
    "lyapunov",
    "mean",
    "mean_field",
    "mode",
    "noisy_rectified",
    "normalised",
    "of_lengths",
    "overlap",
    "place",
    "posterior",
    "pseudo_log_likelihood",
    "recall",
    "recall_at_once",
    "reverse_ais",
    "run",
    "sample",
    "scaled",
    "shifted",
    "stacked",
    "start",
    "sweep",
    "swept",
    "tempered",
    "trail",
    "trajectory",
    "tuned",
    "uniform_weights",
]
