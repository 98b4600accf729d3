"""Watches: the figures that are measured while a stage trains, one file for each kind.

A watch has its own random generator, so that measuring does not change the training.
"""

from harmonium.learning import Watch
from harmonium.watch.adversaries import AdversariesWatch
from harmonium.watch.bound import BoundWatch
from harmonium.watch.chains import ChainWatch
from harmonium.watch.findings import FindingsWatch
from harmonium.watch.flow import FlowWatch
from harmonium.watch.free_energy import FreeEnergyWatch
from harmonium.watch.mistakes import MistakesWatch
from harmonium.watch.neighbours import NeighboursWatch
from harmonium.watch.objective import ObjectiveWatch
from harmonium.watch.path import PathWatch, joined
from harmonium.watch.play import PlayWatch
from harmonium.watch.reconstruction import ReconstructionWatch
from harmonium.watch.step_error import StepErrorWatch
from harmonium.watch.text import TextWatch
from harmonium.watch.validation import ValidationWatch
from harmonium.watch.weights import WeightsWatch
from harmonium.watch.writing import WritingWatch

__all__ = [
    "AdversariesWatch",
    "BoundWatch",
    "ChainWatch",
    "FindingsWatch",
    "FlowWatch",
    "FreeEnergyWatch",
    "MistakesWatch",
    "NeighboursWatch",
    "ObjectiveWatch",
    "PathWatch",
    "PlayWatch",
    "ReconstructionWatch",
    "StepErrorWatch",
    "TextWatch",
    "ValidationWatch",
    "Watch",
    "WeightsWatch",
    "WritingWatch",
    "joined",
]
