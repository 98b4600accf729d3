"""From a machine or a net to the model that gives it abilities."""

from torch import nn

from harmonium.errors import UsageTypeError
from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet
from harmonium.models.classifier import Classifier
from harmonium.models.graph import GraphModel, LabelledModel, RestrictedModel
from harmonium.models.model import Model
from harmonium.models.stack import LabelledStack, Stack

__all__ = ["adapted"]


def adapted(module: nn.Module) -> Model:
    """The model of a machine, or of a net that classifies.

    Raises:
        TypeError: no kind of model takes it.

    >>> from harmonium import classification_rbm, dbm, rbm
    >>> machines = rbm(6, 3), dbm(6, 3, 2), classification_rbm(6, 3, classes=2)
    >>> [type(adapted(machine)).__name__ for machine in machines]
    ['RestrictedModel', 'GraphModel', 'LabelledModel']
    """
    if isinstance(module, BeliefNet):
        return LabelledStack(module) if module.labelled else Stack(module)
    if isinstance(module, EnergyGraph):
        if "y" in module.units:
            return LabelledModel(module)
        rest = {name for name, units in module.units.items() if units is not module.units["v"]}
        joined = any(module.neighbours(name) & rest for name in rest)
        return GraphModel(module) if joined else RestrictedModel(module)
    if isinstance(module, nn.Sequential):
        return Classifier(module)
    raise UsageTypeError(
        f"no model is made of {type(module).__name__}: give an EnergyGraph, a BeliefNet or an "
        "nn.Sequential that ends in logits"
    )
