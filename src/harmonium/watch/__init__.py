"""What is observed while a stage runs: one file for each kind of figure.

A watch never draws from the source of the updates, so that looking at a run does not change it.
"""

from harmonium.learning import Watch
from harmonium.watch.chains import ChainWatch
from harmonium.watch.findings import FindingsWatch
from harmonium.watch.free_energy import FreeEnergyWatch
from harmonium.watch.objective import ObjectiveWatch
from harmonium.watch.reconstruction import ReconstructionWatch
from harmonium.watch.validation import ValidationWatch
from harmonium.watch.weights import WeightsWatch

__all__ = [
    "ChainWatch",
    "FindingsWatch",
    "FreeEnergyWatch",
    "ObjectiveWatch",
    "ReconstructionWatch",
    "ValidationWatch",
    "Watch",
    "WeightsWatch",
]
