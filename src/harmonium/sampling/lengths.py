"""Lengths of documents: the context of groups that count, read off their values."""

from harmonium.graph import Graph, State

__all__ = ["of_lengths"]


def of_lengths(graph: Graph, state: State) -> Graph:
    """Binds the context of groups that take one, such as lengths of documents, from their values.

    Groups that the state lacks stay as they are.
    """
    found = {name: graph.units[name].context_in(x) for name, x in state.items()}
    context = {name: x for name, x in found.items() if x is not None}
    return graph.given(**context) if context else graph
