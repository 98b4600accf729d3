"""Machines: functions that return an energy graph, or stacks and series of energy graphs."""

from harmonium.machines.belief_net import BeliefNet, belief_net
from harmonium.machines.boltzmann import boltzmann
from harmonium.machines.classification_rbm import classification_rbm
from harmonium.machines.conditional_rbm import ConditionalRBM
from harmonium.machines.convolutional import convolutional_belief_net, convolutional_rbm
from harmonium.machines.dbm import dbm
from harmonium.machines.hopfield import hopfield, modern_hopfield
from harmonium.machines.multimodal_dbm import multimodal_dbm
from harmonium.machines.over_replicated_softmax import over_replicated_softmax
from harmonium.machines.potts import potts
from harmonium.machines.rbm import rbm
from harmonium.machines.recurrent_temporal_rbm import RecurrentTemporalRBM
from harmonium.machines.replicated_softmax import replicated_softmax

__all__ = [
    "BeliefNet",
    "ConditionalRBM",
    "RecurrentTemporalRBM",
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
