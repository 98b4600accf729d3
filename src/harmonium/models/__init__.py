"""What trained machines and nets can do: abilities, and one adapter for each kind of model."""

from harmonium.models.abilities import (
    Batch,
    Classifies,
    Directed,
    Encodes,
    EnergyBased,
    Filters,
    FreeEnergies,
    Layered,
    Mixes,
    Net,
    Reconstructs,
    Samples,
    Scores,
    Unrolls,
)
from harmonium.models.adapt import adapted
from harmonium.models.classifier import Classifier
from harmonium.models.graph import GraphModel, LabelledModel, RestrictedModel
from harmonium.models.model import Model
from harmonium.models.stack import LabelledStack, Stack

__all__ = [
    "Batch",
    "Classifier",
    "Classifies",
    "Directed",
    "Encodes",
    "EnergyBased",
    "Filters",
    "FreeEnergies",
    "GraphModel",
    "LabelledModel",
    "LabelledStack",
    "Layered",
    "Mixes",
    "Model",
    "Net",
    "Reconstructs",
    "RestrictedModel",
    "Samples",
    "Scores",
    "Stack",
    "Unrolls",
    "adapted",
]
