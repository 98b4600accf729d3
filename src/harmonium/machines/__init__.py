"""Machines: functions that return an energy graph, or a stack of energy graphs."""

from harmonium.machines.belief_net import BeliefNet, belief_net
from harmonium.machines.boltzmann import boltzmann
from harmonium.machines.classification_rbm import classification_rbm
from harmonium.machines.convolutional import convolutional_belief_net, convolutional_rbm
from harmonium.machines.dbm import dbm
from harmonium.machines.hopfield import hopfield, modern_hopfield
from harmonium.machines.multimodal_dbm import multimodal_dbm
from harmonium.machines.over_replicated_softmax import over_replicated_softmax
from harmonium.machines.potts import potts
from harmonium.machines.rbm import rbm
from harmonium.machines.replicated_softmax import replicated_softmax

__all__ = [
    "BeliefNet",
    "belief_net",
    "boltzmann",
    "classification_rbm",
    "convolutional_belief_net",
    "convolutional_rbm",
    "dbm",
    "hopfield",
    "modern_hopfield",
    "multimodal_dbm",
    "potts",
    "over_replicated_softmax",
    "rbm",
    "replicated_softmax",
]
