"""Pre-training by pathways: layers of tied copies, and the machine that they compose."""

import pytest
import torch
from torch.testing import assert_close

from harmonium.learning import compose_pathways, doubled, pathway_layers
from harmonium.machines import dbm, multimodal_dbm
from tests.laws.specimens import randomised

PATHWAYS = {"a": [4, 3, 2], "b": [3, 2]}


def machine():
    return randomised(multimodal_dbm(PATHWAYS, 2), 7, std=0.7).double()


def test_the_layers_in_turn_and_what_they_share():
    graph = machine()
    layers = pathway_layers(graph, ("a", "b"))
    assert [(layer.below, layer.above) for layer in layers] == [
        (("a",), "a_h1"),
        (("a_h1",), "a_h2"),
        (("b",), "b_h1"),
        (("a_h2", "b_h1"), "joint"),
    ]
    lowest, middle, _, joint = (layer.graph for layer in layers)
    assert [*lowest.units] == ["a", "a_copy", "h"]
    assert [*middle.units] == ["a_h1", "a_h1_copy", "h", "h_copy"]
    assert [*joint.units] == ["a_h2", "b_h1", "h", "h_copy"]
    assert lowest.units["a"] is graph.units["a"]
    assert joint.units["h"] is joint.units["h_copy"] is graph.units["joint"]
    assert middle.units["a_h1"] is not graph.units["a_h1"]
    assert {e.connection for e in joint.edges} == {e.connection for e in graph.edges[2::2]}


def test_below_the_joint_layer_a_pathway_is_pre_trained_like_a_deep_machine():
    """Doubled input from below at the bottom, doubled from both sides in the middle."""
    graph = machine()
    chain = dbm(4, 3, 2, 2).double()
    for name, other in {"a": "v", "a_h1": "h1", "a_h2": "h2"}.items():
        chain.units[other].load_state_dict(graph.units[name].state_dict())
    for mine, other in zip(graph.edges[:2], chain.edges, strict=False):
        other.connection.load_state_dict(mine.connection.state_dict())
    x = torch.rand(5, 4, dtype=torch.float64)
    mine, theirs = pathway_layers(graph, ("a", "b"))[0].graph, doubled(chain)[0]
    field = mine.field("h", {"a": x, "a_copy": x})
    assert_close(field, theirs.field("h", {"v": x, "v_copy": x}))
    assert_close(field, 2 * graph.edges[0].connection(x))


def test_a_visible_group_below_the_joint_units_is_trained_with_the_conditionals_of_the_machine():
    """It has a single input in the machine, so it has one in the joint layer; "a_h2" has two."""
    pathways = {"a": [4, 3, 2], "b": [3], "c": [2]}
    graph = randomised(multimodal_dbm(pathways, 2), 5, std=0.7).double()
    layer = pathway_layers(graph, ("a", "b", "c"))[-1]
    joint = layer.graph
    assert layer.below == ("a_h2", "b", "c")
    assert [*joint.units] == ["a_h2", "b", "c", "b_copy", "c_copy", "h", "h_copy"]
    assert joint.units["b"] is joint.units["b_copy"] is graph.units["b"]
    j = torch.rand(6, 2, dtype=torch.float64)
    for name in ("b", "c"):
        there = joint.field(name, {"h": j, "h_copy": torch.rand_like(j)})
        assert_close(there, graph.field(name, {"joint": j}))
        assert_close(joint.field(f"{name}_copy", {"h": torch.rand_like(j), "h_copy": j}), there)
    values = {n: torch.rand(6, graph.units[n].shape.numel()).double() for n in ("a_h2", "b", "c")}
    seen = {**values, "b_copy": values["b"], "c_copy": values["c"]}
    for h in ("h", "h_copy"):
        assert_close(joint.field(h, seen), graph.field("joint", values))
    doubled_once = joint.field("a_h2", {"h": j, "h_copy": j})
    assert_close(doubled_once, 2 * graph.edges[2].connection.adjoint(j))


def test_visible_groups_alone_make_an_rbm_of_the_joint_layer():
    graph = randomised(multimodal_dbm({"a": [4], "b": [3]}, 2), 6).double()
    (layer,) = pathway_layers(graph, ("a", "b"))
    assert [*layer.graph.units] == ["a", "b", "h"]


def test_groups_in_between_get_the_mean_of_their_two_layers():
    graph = machine()
    layers = [layer.graph for layer in pathway_layers(graph, ("a", "b"))]
    with torch.no_grad():
        layers[0].units["h"].bias.fill_(1.0)
        layers[1].units["a_h1"].bias.fill_(3.0)
        layers[3].units["h"].bias.fill_(-1.0)
    compose_pathways(graph, layers, visible=("a", "b"))
    assert graph.units["a_h1"].bias.tolist() == [2.0] * 3
    assert graph.units["joint"].bias.tolist() == [-1.0] * 2


def test_other_machines_have_no_pathways():
    with pytest.raises(ValueError, match="are not chains that meet in 'h2'"):
        pathway_layers(dbm(4, 3, 2), ("v", "h2"))
