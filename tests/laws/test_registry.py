"""Law 9: what is public stands in the registry, so that the other laws reach it."""

import importlib
import inspect
import pkgutil

import torch

import harmonium.connections
import harmonium.machines
import harmonium.sampling.views
import harmonium.units
from harmonium.connections import Connection, Dense
from harmonium.graph import EnergyGraph, Graph
from harmonium.machines import BeliefNet
from harmonium.machines.temporal import TemporalRBM
from harmonium.units import Bernoulli, Units
from tests.laws import registry


def offspring(base, package):
    """Concrete classes of a package that derive from a base, whether exported or not."""
    modules = [package]
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        modules.append(importlib.import_module(found.name))
    members = (value for module in modules for value in vars(module).values())
    return {
        value.__name__: value
        for value in members
        if inspect.isclass(value) and issubclass(value, base) and not inspect.isabstract(value)
    }


def missing(public, covered):
    """Names of public classes of which there is no specimen."""
    return sorted(set(public) - {thing.__name__ for thing in covered})


def kinds(entries):
    return {type(make()) for make in entries.values()}


def wired(entries):
    """The connection kinds and families that graphs are made of."""
    graphs = [make() for make in entries.values()]
    connections = {type(e.connection) for g in graphs for e in g.edges}
    return connections, {type(u) for g in graphs for u in g.units.values()}


def test_every_family_has_specimens():
    public = offspring(Units, harmonium.units)
    assert missing(public, kinds(registry.UNITS)) == []
    assert set(public) <= set(harmonium.units.__all__)


def test_every_connection_has_specimens():
    public = offspring(Connection, harmonium.connections)
    assert missing(public, kinds(registry.CONNECTIONS)) == []
    assert set(public) <= set(harmonium.connections.__all__)


def test_every_family_and_every_connection_is_part_of_a_graph():
    connections, families = wired(registry.GRAPHS)
    assert missing(offspring(Connection, harmonium.connections), connections) == []
    assert missing(offspring(Units, harmonium.units), families) == []


def test_every_machine_has_a_specimen():
    assert sorted(registry.MACHINES) == sorted(harmonium.machines.__all__)
    for make in registry.MACHINES.values():
        assert isinstance(make(), EnergyGraph | BeliefNet | TemporalRBM)


def test_every_view_has_cases():
    covered = {case.function for case in registry.VIEWS.values()}
    assert covered == set(harmonium.sampling.views.__all__)
    graph = registry.GRAPHS["deep"]()
    assert all(isinstance(case.build(graph, 1), Graph) for case in registry.VIEWS.values())


def test_specimens_are_the_same_in_both_precisions():
    """The no-drift law relies on it: float32 chains against float64 enumeration."""
    for make in {**registry.GRAPHS, **registry.JOINTLY_GAUSSIAN}.values():
        double, single = make(), make(torch.float32)
        for name, units in double.units.items():
            assert torch.equal(units.bias, single.units[name].bias.double())
        for mine, other in zip(double.edges, single.edges, strict=True):
            for p, q in zip(
                mine.connection.parameters(), other.connection.parameters(), strict=True
            ):
                assert torch.equal(p, q.double())


# --- the law can fail --------------------------------------------------------------------------


def test_a_missing_family_is_caught(monkeypatch):
    class Newcomer(Bernoulli):
        pass

    monkeypatch.setattr(harmonium.units, "Newcomer", Newcomer, raising=False)
    assert missing(offspring(Units, harmonium.units), kinds(registry.UNITS)) == ["Newcomer"]


def test_a_missing_connection_is_caught(monkeypatch):
    without = {n: make for n, make in registry.CONNECTIONS.items() if "lateral" not in n}
    assert missing(offspring(Connection, harmonium.connections), kinds(without)) == ["Lateral"]

    class Newcomer(Dense):
        pass

    monkeypatch.setattr(harmonium.connections.dense, "Newcomer", Newcomer, raising=False)
    public = offspring(Connection, harmonium.connections)
    assert missing(public, kinds(registry.CONNECTIONS)) == ["Newcomer"]
