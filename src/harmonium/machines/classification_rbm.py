"""The classification RBM: hidden units connected to data and to a label."""

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.connections import Dense
from harmonium.graph import EnergyGraph
from harmonium.machines.groups import group
from harmonium.units import Categorical, Units

__all__ = ["classification_rbm"]


@checked
def classification_rbm(
    visible: int | Units, hidden: int | Units, *, classes: Count, std: NonNegative = 0.01
) -> EnergyGraph:
    r"""An RBM of data "v" and label "y" with one hidden group "h".

    .. math:: E(v, y, h) = U_v(v) + U_y(y) + U_h(h) - h^\top W v - h^\top U y

    Its class probabilities are exact (``sampling.log_conditional(graph, "y", given={"v": x})``):

    .. math:: p(y \mid v) \propto \exp\Big( d_y + \sum_j \log(1 + e^{c_j + U_{jy} + W_j v}) \Big)

    (Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224). The second formula is
    for Bernoulli hidden units. ``Learner`` trains it as a model of data and labels,
    ``learning.Discriminative`` as a classifier, or as both.

    Args:
        visible: the group "v"; a number means that many Bernoulli units.
        hidden: the group "h", likewise.
        classes: the number of classes; "y" is one categorical unit.
        std: standard deviation of the initial weights.

    >>> graph = classification_rbm(6, 3, classes=4)
    >>> graph.units["y"], [(e.source, e.target) for e in graph.edges]
    (Categorical(4), [('v', 'h'), ('y', 'h')])
    """
    v, h = group(visible, what="visible"), group(hidden, what="hidden")
    y = Categorical(classes)
    wires = {
        ("v", "h"): Dense(v.shape, h.shape, std=std),
        ("y", "h"): Dense(y.shape, h.shape, std=std),
    }
    return EnergyGraph({"v": v, "y": y, "h": h}, wires)
