"""The restricted Boltzmann machine: two groups with all connections between them."""

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.connections import Dense
from harmonium.graph import EnergyGraph
from harmonium.machines.groups import group
from harmonium.units import Units

__all__ = ["rbm"]


@checked
def rbm(visible: int | Units, hidden: int | Units, *, std: NonNegative = 0.01) -> EnergyGraph:
    r"""A restricted Boltzmann machine: :math:`E(v, h) = U_v(v) + U_h(h) - h^\top W v`.

    Also called harmonium (Smolensky, 1986; Hinton, 2002,
    https://doi.org/10.1162/089976602760128018). The groups can be of any two families.

    Args:
        visible: the group "v"; a number means that many Bernoulli units.
        hidden: the group "h", likewise.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: the energy of these families cannot be normalised (docs/formalism.md).

    >>> from harmonium import Gaussian, rbm
    >>> rbm(Gaussian(8), 4).units["h"]
    Bernoulli(4)
    """
    v, h = group(visible, what="visible"), group(hidden, what="hidden")
    return EnergyGraph({"v": v, "h": h}, {("v", "h"): Dense(v.shape, h.shape, std=std)})
