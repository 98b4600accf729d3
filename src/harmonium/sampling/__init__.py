"""Samplers and what judges them: rules, sweep, chains, views, exact, ais, diagnose, ..."""

from harmonium.sampling.ais import Estimate, ais, base_fields, reverse_ais
from harmonium.sampling.online import OnlineLogZ
from harmonium.sampling.phase import Phase, expected, fresh, uniform_weights
from harmonium.sampling.pseudo import pseudo_log_likelihood
from harmonium.sampling.rules import Rule, mean, mode, sample
from harmonium.sampling.sweep import Hold, complete, sweep
from harmonium.sampling.views import clamped, scaled, shifted, tempered

__all__ = [
    "Estimate",
    "Hold",
    "OnlineLogZ",
    "Phase",
    "Rule",
    "ais",
    "base_fields",
    "clamped",
    "complete",
    "expected",
    "fresh",
    "mean",
    "mode",
    "pseudo_log_likelihood",
    "reverse_ais",
    "sample",
    "scaled",
    "shifted",
    "sweep",
    "tempered",
    "uniform_weights",
]
