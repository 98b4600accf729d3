"""The multimodal deep Boltzmann machine: a pathway for each kind of data, joined at the top."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from harmonium.arguments import checked, named
from harmonium.bounds import NonNegative
from harmonium.connections import Connection, Dense, Replicated
from harmonium.errors import UsageError, UsageTypeError
from harmonium.graph import EnergyGraph
from harmonium.machines.groups import group
from harmonium.units import Units

__all__ = ["multimodal_dbm"]

_TAKEN = ("joint", "v", "weights", "x", "y")
"""Names that groups and columns of other machines and data have."""


@checked
def multimodal_dbm(
    pathways: Mapping[str, Sequence[int | Units]], joint: int | Units, *, std: NonNegative = 0.01
) -> EnergyGraph:
    r"""A deep Boltzmann machine of several kinds of data, such as pictures and words.

    Each pathway m is a chain of layers above its visible group :math:`v_m`; the joint layer is
    connected to the top of every pathway:

    .. math:: E = \sum_m \Big( \sum_k U_{mk}(h_{mk}) - \sum_k h_{m,k+1}^\top W_{mk} h_{mk}
              - j^\top W_m h_{m,L_m} \Big) + U_j(j), \qquad h_{m0} = v_m

    (Srivastava and Salakhutdinov, 2014, https://jmlr.org/papers/v15/srivastava14b.html.) It is an
    ordinary energy graph: mean field, PCD and annealed importance sampling work as for ``dbm``.
    A missing modality is inferred from the others by holding only those. Counts of words, a group
    ``Multinomial``, are joined by ``Replicated`` connections, for documents of any length.

    The visible group of pathway "words" is called "words", its hidden groups "words_h1",
    "words_h2", ..., and the top "joint". All visible groups come first, in the order of the
    pathways; then the hidden groups, the lower layers first.

    Args:
        pathways: name -> the groups of the pathway, the visible one first; a number means that
            many Bernoulli units. A pathway may consist of its visible group alone.
        joint: the group that joins the pathways.
        std: standard deviation of the initial weights.

    Raises:
        TypeError: a pathway is no list of groups.
        ValueError: fewer than two pathways, a pathway without groups, or a name that is not an
            identifier or that has a fixed meaning.

    >>> graph = multimodal_dbm({"picture": [8, 6], "words": [5]}, joint=4)
    >>> [*graph.units]
    ['picture', 'words', 'picture_h1', 'joint']
    >>> [(e.source, e.target) for e in graph.edges]
    [('picture', 'picture_h1'), ('picture_h1', 'joint'), ('words', 'joint')]
    """
    if len(pathways) < 2:
        raise UsageError(
            f"pathways {[*pathways]}: at least two are needed; for one kind of data take dbm"
        )
    chains = {name: _chain(name, groups) for name, groups in pathways.items()}
    layers = {name: u for chain in chains.values() for name, u in chain.items()}
    depth = {name: k for chain in chains.values() for k, name in enumerate(chain)}
    units = {name: layers[name] for name in sorted(layers, key=depth.__getitem__)}
    if len(layers) < sum(map(len, chains.values())):
        raise UsageError(f"pathways {[*pathways]}: two of their groups have the same name")
    units["joint"] = group(joint, what="joint")
    wires: dict[tuple[str, str], Connection] = {
        (a, b): _wire(units[a], units[b], std=std)
        for chain in chains.values()
        for a, b in pairwise([*chain, "joint"])
    }
    return EnergyGraph(units, wires)


def _wire(below: Units, above: Units, *, std: float) -> Connection:
    """Dense weights; above counts, also a bias for each count, as in ``replicated_softmax``."""
    kind = Replicated if below.takes_context else Dense
    return kind(below.shape, above.shape, std=std)


def _chain(name: str, groups: Sequence[int | Units]) -> dict[str, Units]:
    """The groups of one pathway by name, the visible one first."""
    if not isinstance(name, str) or not name.isidentifier() or name in _TAKEN:
        raise UsageError(
            f"pathway {name!r}: give it a name of letters, digits and _, other than "
            f"{', '.join(_TAKEN)}"
        )
    if not isinstance(groups, Sequence) or isinstance(groups, str):
        raise UsageTypeError(f"pathway {name!r} is {named(groups)}: give a list of its groups")
    if not groups:
        raise UsageError(f"pathway {name!r} has no groups: give at least its visible units")
    names = [name, *(f"{name}_h{k}" for k in range(1, len(groups)))]
    return {n: group(u, what=f"group {n!r}") for n, u in zip(names, groups, strict=True)}
