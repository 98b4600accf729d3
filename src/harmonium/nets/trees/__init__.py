"""Nets over binary trees: recursive net, recursive neural tensor network, tree-LSTM."""

from harmonium.nets.trees.lstm import TreeLSTM
from harmonium.nets.trees.recursive import RecursiveNet
from harmonium.nets.trees.rntn import RNTN
from harmonium.nets.trees.tree_net import TreeNet

__all__ = ["RNTN", "RecursiveNet", "TreeLSTM", "TreeNet"]
