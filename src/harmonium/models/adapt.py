"""Makes the model, with its abilities, of a machine or a net."""

from collections.abc import Callable
from typing import Any

from torch import nn

from harmonium.errors import UsageTypeError
from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet
from harmonium.machines.temporal import TemporalRBM
from harmonium.machines.visible import visible_groups
from harmonium.models.adversaries import AdversariesModel
from harmonium.models.agent import Agent
from harmonium.models.autoencoder import AutoencoderModel
from harmonium.models.captions import caption_model
from harmonium.models.classifier import Classifier
from harmonium.models.detector import Detector
from harmonium.models.documents import DocumentModel, RestrictedDocumentModel
from harmonium.models.encoder import EncoderModel
from harmonium.models.graph import DeepModel, LabelledModel, RestrictedModel
from harmonium.models.hashing import HashingModel
from harmonium.models.joint_embedding import JointEmbeddingModel
from harmonium.models.kohonen import MapModel
from harmonium.models.labels import LabelsModel
from harmonium.models.language import LanguageModel, MarkovModel
from harmonium.models.memory import memory
from harmonium.models.model import Model
from harmonium.models.neocognitron import NeocognitronModel
from harmonium.models.perceptron import ElementaryModel, PerceptronModel
from harmonium.models.readout import readout
from harmonium.models.regressor import Regressor
from harmonium.models.reservoir import reservoir
from harmonium.models.series import ForecastModel, SeriesClassifierModel
from harmonium.models.sigmoid_belief import SigmoidBeliefModel
from harmonium.models.stack import LabelledStack, Stack
from harmonium.models.tagger import TaggerModel
from harmonium.models.temporal import TemporalModel
from harmonium.models.transducer import AligningModel, TransducerModel
from harmonium.models.trees import TreeModel
from harmonium.models.turing import TuringModel
from harmonium.models.variational import VariationalModel
from harmonium.nets import (
    Adversaries,
    Codec,
    ElementaryPerceptron,
    LinearMemory,
    MarkovChain,
    Neocognitron,
    NeuralTuringMachine,
    Readout,
    ReservoirNet,
    SeriesNet,
    SigmoidBeliefNet,
    Transducer,
)
from harmonium.nets.codes import Drawn, Noisy

__all__ = ["adapted"]


def adapted(module: nn.Module) -> Model:
    """Makes the model of a machine or a net.

    Raises:
        TypeError: there is no kind of model for it.

    >>> from harmonium import classification_rbm, dbm, rbm
    >>> machines = rbm(6, 3), dbm(6, 3, 2), classification_rbm(6, 3, classes=2)
    >>> [type(adapted(machine)).__name__ for machine in machines]
    ['RestrictedModel', 'DeepModel', 'LabelledModel']
    """
    for kind in type(module).__mro__:
        if kind in _ADAPTERS:
            return _ADAPTERS[kind](module)
    outputs = getattr(module, "output_kind", None)
    if outputs in _BY_OUTPUTS:
        _check_net(module)
        return _BY_OUTPUTS[outputs](module)
    if isinstance(module, nn.Sequential):
        return Classifier(module)
    raise UsageTypeError(
        f"no model is made of {type(module).__name__}: give an EnergyGraph, a BeliefNet, an "
        "nn.Sequential that ends in logits, or a net whose output_kind is "
        f"{', '.join(_BY_OUTPUTS)} (see harmonium.nets)"
    )


def _check_net(net: nn.Module) -> None:
    """Raises UsageTypeError where a net lacks what every verb needs, before it learns."""
    needed = {
        "units": "the values of a row and the units of every layer",
        "settings": "the arguments of its constructor, from which its file makes it again",
    }
    for name, what in needed.items():
        if not hasattr(net, name):
            raise UsageTypeError(
                f"the net {type(net).__name__} has no {name}: give it {what} (see harmonium.nets)"
            )


def _graph(graph: EnergyGraph) -> Model:
    if "y" in graph.units:
        return LabelledModel(graph)
    seen = [graph.units[name] for name in visible_groups(graph)]
    rest = {n for n, units in graph.units.items() if not any(units is one for one in seen)}
    joined = any(graph.neighbours(name) & rest for name in rest)
    if "v" in graph.units and graph.units["v"].takes_context:
        return DocumentModel(graph) if joined else RestrictedDocumentModel(graph)
    return DeepModel(graph) if joined else RestrictedModel(graph)


def _stack(net: BeliefNet) -> Model:
    return LabelledStack(net) if net.labelled else Stack(net)


def _codec(net: Codec) -> Model:
    for kind, model in _BY_CODE.items():
        if isinstance(net.code, kind):
            return model(net)
    return AutoencoderModel(net)


_ADAPTERS: dict[type[nn.Module], Callable[[Any], Model]] = {
    Adversaries: AdversariesModel,
    BeliefNet: _stack,
    Codec: _codec,
    ElementaryPerceptron: ElementaryModel,
    EnergyGraph: _graph,
    LinearMemory: memory,
    NeuralTuringMachine: TuringModel,
    MarkovChain: MarkovModel,
    Neocognitron: NeocognitronModel,
    Readout: readout,
    ReservoirNet: reservoir,
    SeriesNet: SeriesClassifierModel,
    SigmoidBeliefNet: SigmoidBeliefModel,
    TemporalRBM: TemporalModel,
    Transducer: AligningModel,
}
"""Class of a machine or net -> maker of its model; subclasses come before their base classes."""

_BY_CODE: dict[type[nn.Module], Callable[[Any], Model]] = {
    Drawn: VariationalModel,
    Noisy: HashingModel,
}
"""Class of the code of a codec -> maker of its model; others are ordinary autoencoders."""

_BY_OUTPUTS: dict[str, Callable[[Any], Model]] = {
    "actions": Agent,
    "captions": caption_model,
    "classes": Classifier,
    "codes": EncoderModel,
    "detections": Detector,
    "distances": MapModel,
    "joint codes": JointEmbeddingModel,
    "nodes": TreeModel,
    "probabilities": LabelsModel,
    "quantiles": ForecastModel,
    "scores": PerceptronModel,
    "sequences": TransducerModel,
    "tags": TaggerModel,
    "tokens": LanguageModel,
    "values": Regressor,
}
"""Kind of outputs -> maker of the model, for nets whose class has no maker of its own."""
