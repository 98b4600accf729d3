"""Estimators with scikit-learn's methods: fit, transform, predict, score_samples and more."""

try:
    import sklearn  # noqa: F401
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        'harmonium.estimators needs scikit-learn: pip install "harmonium[app]"'
    ) from missing

from harmonium.estimators.autoencoder import Autoencoder
from harmonium.estimators.boltzmann import BoltzmannMachine
from harmonium.estimators.classification_rbm import ClassificationRBM
from harmonium.estimators.conv_net import ConvNetClassifier
from harmonium.estimators.convolutional_rbm import ConvolutionalRBM
from harmonium.estimators.dbm import DBM
from harmonium.estimators.dbn import DBNClassifier
from harmonium.estimators.forecaster import Forecaster
from harmonium.estimators.gan import GAN
from harmonium.estimators.hopfield import HopfieldMemory, ModernHopfieldMemory
from harmonium.estimators.kohonen import SelfOrganisingMap
from harmonium.estimators.linear_memory import AssociativeMemory
from harmonium.estimators.mlp import MLPClassifier
from harmonium.estimators.mlp_regressor import MLPRegressor
from harmonium.estimators.multimodal_dbm import MultimodalDBM
from harmonium.estimators.neighbourhood_components import NeighbourhoodComponents
from harmonium.estimators.perceptron import Perceptron
from harmonium.estimators.rbm import RBM
from harmonium.estimators.replicated_softmax import ReplicatedSoftmax
from harmonium.estimators.semantic_hash import SemanticHash
from harmonium.estimators.sequence_classifier import SequenceClassifier
from harmonium.estimators.sequence_tagger import SequenceTagger
from harmonium.estimators.sequence_transducer import SequenceTransducer
from harmonium.estimators.series_rbm import SeriesRBM
from harmonium.estimators.sigmoid_belief_net import SigmoidBeliefNet
from harmonium.estimators.sparse_features import SparseFeatures
from harmonium.estimators.text_generator import TextGenerator
from harmonium.estimators.tree_classifier import TreeClassifier
from harmonium.estimators.vae import VAE

__all__ = [
    "DBM",
    "GAN",
    "RBM",
    "VAE",
    "AssociativeMemory",
    "Autoencoder",
    "BoltzmannMachine",
    "ClassificationRBM",
    "ConvNetClassifier",
    "ConvolutionalRBM",
    "DBNClassifier",
    "Forecaster",
    "HopfieldMemory",
    "MLPClassifier",
    "MLPRegressor",
    "ModernHopfieldMemory",
    "MultimodalDBM",
    "NeighbourhoodComponents",
    "Perceptron",
    "ReplicatedSoftmax",
    "SelfOrganisingMap",
    "SemanticHash",
    "SequenceClassifier",
    "SequenceTagger",
    "SequenceTransducer",
    "SeriesRBM",
    "SigmoidBeliefNet",
    "SparseFeatures",
    "TreeClassifier",
    "TextGenerator",
]
