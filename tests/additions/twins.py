"""A machine: each visible unit has one hidden twin."""

from harmonium.graph import EnergyGraph
from harmonium.units import Units
from tests.additions.paired import Paired

__all__ = ["twins"]


def twins(visible: Units, hidden: Units) -> EnergyGraph:
    """Two groups of the same shape, joined in pairs.

    Args:
        visible: units of the data.
        hidden: their twins.
    """
    joins = {("v", "h"): Paired(visible.shape, hidden.shape)}
    return EnergyGraph({"v": visible, "h": hidden}, joins)
