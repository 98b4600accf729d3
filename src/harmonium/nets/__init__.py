"""Ordinary nets: plain ``torch.nn`` modules, one architecture per file.

A net that recipes and files name (``registry.py``) has these attributes: ``settings``, the
arguments of its constructor; ``units``, the number of values of a row and of units of every layer;
``output_kind``, the kind of its outputs; and, if it has hidden layers, ``activities``, which maps
rows to the activities of those layers.
"""

from harmonium.nets.action_values import ActionValues
from harmonium.nets.adversaries import Adversaries
from harmonium.nets.autoencoder import Autoencoder
from harmonium.nets.codec import Codec
from harmonium.nets.convolved import Convolved
from harmonium.nets.deconvolutional import DeconvolutionalNet
from harmonium.nets.deep import Deep
from harmonium.nets.elementary import ElementaryPerceptron
from harmonium.nets.embedding import Embedding
from harmonium.nets.ensemble import Ensemble, Noisy
from harmonium.nets.extreme_learning import ExtremeLearningMachine
from harmonium.nets.forecast import ForecastNet
from harmonium.nets.go_policy import GoPolicy
from harmonium.nets.go_value import GoValue
from harmonium.nets.joint_embedding import JointEmbedding
from harmonium.nets.kohonen import KohonenMap
from harmonium.nets.language import LanguageNet
from harmonium.nets.linear_memory import LinearMemory
from harmonium.nets.log_bilinear import LogBilinear
from harmonium.nets.markov import MarkovChain
from harmonium.nets.maxout import Maxout
from harmonium.nets.mlp import MLP
from harmonium.nets.neocognitron import Neocognitron
from harmonium.nets.net import Net, Node
from harmonium.nets.ntm import NeuralTuringMachine
from harmonium.nets.perceptron import Perceptron
from harmonium.nets.radial import RadialBasisNet
from harmonium.nets.readout import Readout
from harmonium.nets.reservoir import ReservoirNet
from harmonium.nets.series import SeriesNet
from harmonium.nets.sigmoid_belief import SigmoidBeliefNet
from harmonium.nets.sliding_window import SlidingWindow
from harmonium.nets.tagger import Tagger
from harmonium.nets.tent import tent_net
from harmonium.nets.threshold import Threshold
from harmonium.nets.transducer import Transducer

__all__ = [
    "GoPolicy",
    "GoValue",
    "ActionValues",
    "MLP",
    "Adversaries",
    "Autoencoder",
    "Convolved",
    "Codec",
    "DeconvolutionalNet",
    "Deep",
    "ElementaryPerceptron",
    "Embedding",
    "Ensemble",
    "ExtremeLearningMachine",
    "ForecastNet",
    "JointEmbedding",
    "KohonenMap",
    "RadialBasisNet",
    "Readout",
    "ReservoirNet",
    "LanguageNet",
    "LinearMemory",
    "LogBilinear",
    "MarkovChain",
    "Maxout",
    "Neocognitron",
    "Net",
    "NeuralTuringMachine",
    "Node",
    "Noisy",
    "Perceptron",
    "SeriesNet",
    "SigmoidBeliefNet",
    "SlidingWindow",
    "Tagger",
    "Threshold",
    "Transducer",
    "tent_net",
]
