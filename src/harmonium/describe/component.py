"""A component of a recipe: a constructor and its settings, without importing anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

__all__ = [
    "AdversarialLoss",
    "Baseline",
    "BatchTransform",
    "Code",
    "CodePenalty",
    "Component",
    "Contrast",
    "Correction",
    "FineTuning",
    "Inference",
    "Initialiser",
    "Judge",
    "Layer",
    "Model",
    "Net",
    "Noise",
    "Objective",
    "Optimiser",
    "Overrides",
    "Penalty",
    "Pretraining",
    "Reader",
    "Recurrent",
    "Reservoir",
    "Rule",
    "Schedule",
    "Stage",
    "Tracker",
    "Training",
    "Transform",
    "Units",
]


@dataclass(frozen=True)
class Component:
    """One entry of the registry with its settings; ``build`` makes the object.

    Args:
        kind: a key of the registry, such as "Optimiser".
        type: its name in the registry.
        settings: name -> value, arguments of its constructor; values may be components.
    """

    kind: str
    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)


# The kinds, as annotations of the dataclasses that describe a recipe.
Reader: TypeAlias = Component
Transform: TypeAlias = Component
BatchTransform: TypeAlias = Component
Noise: TypeAlias = Component
Model: TypeAlias = Component
Net: TypeAlias = Component
Layer: TypeAlias = Component
Recurrent: TypeAlias = Component
Reservoir: TypeAlias = Component
Initialiser: TypeAlias = Component
Code: TypeAlias = Component
Units: TypeAlias = Component
Contrast: TypeAlias = Component
Correction: TypeAlias = Component
Inference: TypeAlias = Component
Rule: TypeAlias = Component
Penalty: TypeAlias = Component
CodePenalty: TypeAlias = Component
AdversarialLoss: TypeAlias = Component
Objective: TypeAlias = Component
Optimiser: TypeAlias = Component
Schedule: TypeAlias = Component
Judge: TypeAlias = Component
Baseline: TypeAlias = Component
Tracker: TypeAlias = Component

# Stages of learning are objects: dataclasses of settings (harmonium.stages).
Stage: TypeAlias = Any
Pretraining: TypeAlias = Any
Training: TypeAlias = Any
FineTuning: TypeAlias = Any

Overrides: TypeAlias = Mapping[str, Any]
"""Settings that replace some of those of the dataclass in which the annotation occurs."""
