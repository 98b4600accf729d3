"""Models: a machine or net with its abilities, by one adapter class for each kind."""

from harmonium.models.abilities import (
    Acts,
    Addresses,
    Aligns,
    Ancestral,
    Batch,
    Bounded,
    Classifies,
    ClassifiesNodes,
    Completes,
    Continues,
    Convolves,
    CountsRows,
    CountsWords,
    Decides,
    Decodes,
    Described,
    Describes,
    Detects,
    Directed,
    Discriminates,
    EmbedsParts,
    Encodes,
    EnergyBased,
    Enlarges,
    Filters,
    Forecasts,
    FreeEnergies,
    Hashes,
    HasPlanes,
    Intervals,
    Latent,
    Layered,
    Maps,
    Mixes,
    Net,
    Predicts,
    Reconstructs,
    Remembers,
    Samples,
    Scores,
    ScoresFrames,
    Steps,
    Tags,
    Transduces,
    Unfolds,
    Unrolls,
)
from harmonium.models.adapt import adapted
from harmonium.models.adversaries import AdversariesModel
from harmonium.models.agent import Agent
from harmonium.models.autoencoder import AutoencoderModel
from harmonium.models.classifier import Classifier
from harmonium.models.detector import Detector
from harmonium.models.documents import DocumentModel, RestrictedDocumentModel
from harmonium.models.encoder import EncoderModel
from harmonium.models.graph import DeepModel, GraphModel, LabelledModel, RestrictedModel
from harmonium.models.hashing import HashingModel
from harmonium.models.joint_embedding import JointEmbeddingModel
from harmonium.models.kohonen import MapModel
from harmonium.models.labels import LabelsModel
from harmonium.models.memory import ClassMemory, RowMemory
from harmonium.models.model import Model
from harmonium.models.neocognitron import NeocognitronModel
from harmonium.models.net import NetModel
from harmonium.models.perceptron import ElementaryModel, PerceptronModel
from harmonium.models.readout import ReadoutClassifier, ReadoutRegressor
from harmonium.models.regressor import Regressor
from harmonium.models.reservoir import ReservoirClassifier, ReservoirRegressor
from harmonium.models.sigmoid_belief import SigmoidBeliefModel
from harmonium.models.stack import LabelledStack, Stack
from harmonium.models.tagger import TaggerModel
from harmonium.models.temporal import TemporalModel
from harmonium.models.transducer import AligningModel, TransducerModel
from harmonium.models.trees import TreeModel
from harmonium.models.turing import TuringModel
from harmonium.models.variational import VariationalModel

__all__ = [
    "EmbedsParts",
    "JointEmbeddingModel",
    "AdversariesModel",
    "Addresses",
    "Acts",
    "Agent",
    "AligningModel",
    "Aligns",
    "Ancestral",
    "AutoencoderModel",
    "Batch",
    "Bounded",
    "ClassMemory",
    "Classifier",
    "Classifies",
    "Completes",
    "ClassifiesNodes",
    "Continues",
    "Convolves",
    "CountsRows",
    "CountsWords",
    "Decides",
    "Decodes",
    "DeepModel",
    "Described",
    "Detector",
    "Detects",
    "Describes",
    "Directed",
    "Discriminates",
    "Enlarges",
    "ElementaryModel",
    "DocumentModel",
    "EncoderModel",
    "Encodes",
    "EnergyBased",
    "Filters",
    "Forecasts",
    "FreeEnergies",
    "GraphModel",
    "HasPlanes",
    "Hashes",
    "Intervals",
    "HashingModel",
    "LabelledModel",
    "LabelledStack",
    "LabelsModel",
    "Latent",
    "Layered",
    "MapModel",
    "Maps",
    "Mixes",
    "Model",
    "Net",
    "NeocognitronModel",
    "NetModel",
    "PerceptronModel",
    "Predicts",
    "ReadoutClassifier",
    "ReadoutRegressor",
    "Reconstructs",
    "Remembers",
    "Regressor",
    "ReservoirClassifier",
    "ReservoirRegressor",
    "RestrictedDocumentModel",
    "RestrictedModel",
    "RowMemory",
    "Samples",
    "Scores",
    "ScoresFrames",
    "Steps",
    "SigmoidBeliefModel",
    "Stack",
    "TaggerModel",
    "Tags",
    "TemporalModel",
    "TransducerModel",
    "Transduces",
    "Unfolds",
    "TreeModel",
    "TuringModel",
    "Unrolls",
    "VariationalModel",
    "adapted",
]
