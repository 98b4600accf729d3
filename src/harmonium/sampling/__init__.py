"""Samplers and what judges them: rules, sweep, chains, views, exact, ais, diagnose, ..."""

from harmonium.sampling.ais import Estimate, ais, base_fields, reverse_ais
from harmonium.sampling.chains import anneal, run, start
from harmonium.sampling.chaos import lyapunov
from harmonium.sampling.conditional import log_conditional
from harmonium.sampling.mean_field import bound, mean_field
from harmonium.sampling.online import OnlineLogZ
from harmonium.sampling.phase import Phase, expected, fresh, uniform_weights
from harmonium.sampling.pseudo import pseudo_log_likelihood
from harmonium.sampling.recall import Recall, overlap, recall, recall_at_once
from harmonium.sampling.rules import Rule, mean, mode, sample
from harmonium.sampling.stack import stacked
from harmonium.sampling.sweep import Hold, complete, sweep
from harmonium.sampling.tempering import Ladder, Replicas, ladder, tuned
from harmonium.sampling.trajectory import Trajectory, trajectory
from harmonium.sampling.views import annealed, clamped, scaled, shifted, tempered

__all__ = [
    "Estimate",
    "Hold",
    "Ladder",
    "OnlineLogZ",
    "Phase",
    "Recall",
    "Replicas",
    "Trajectory",
    "Rule",
    "ais",
    "anneal",
    "annealed",
    "base_fields",
    "bound",
    "clamped",
    "complete",
    "expected",
    "fresh",
    "ladder",
    "log_conditional",
    "lyapunov",
    "mean",
    "mean_field",
    "mode",
    "overlap",
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
    "tempered",
    "trajectory",
    "tuned",
    "uniform_weights",
]
