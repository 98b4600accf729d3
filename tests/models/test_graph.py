"""An energy graph does what its abilities promise."""

import math

import pytest
import torch

import harmonium as hm
from harmonium import DReLU, Poisson, exact, rbm
from harmonium.learning import copies, doubled
from harmonium.models import GraphModel, LabelledModel, RestrictedModel, adapted
from harmonium.models.filters import filters_of
from harmonium.models.graph import moves
from harmonium.random import generator, seeded

NAN = math.nan
X = torch.rand(7, 6, generator=generator(0))


def made(build):
    with seeded(0):
        return build()


def deep():
    return made(lambda: hm.dbm(6, 5, 4, std=0.5))


# --- codes and reconstructions -------------------------------------------------------------------


def test_an_rbm_is_encoded_by_its_exact_conditional():
    graph = made(lambda: rbm(6, 4, std=1.0))
    expected = torch.sigmoid(X @ graph.connections["v-h"].weight.mT + graph.units["h"].bias)
    found = RestrictedModel(graph).codes({"x": X})
    assert [*found] == ["h"]
    torch.testing.assert_close(found["h"], expected.detach())


def test_connected_hidden_groups_are_read_at_the_mean_field_fixed_point():
    graph = deep()
    found = GraphModel(graph).codes({"x": X})
    state = {"v": X, **found}
    for name in ("h1", "h2"):
        with torch.no_grad():
            again = graph.units[name].mean(graph.field(name, state))
        torch.testing.assert_close(again, found[name], atol=1e-5, rtol=0)
    again = torch.sigmoid(graph.field("v", state)).detach()
    (back,) = GraphModel(graph).reconstruct({"x": X}).values()
    torch.testing.assert_close(back["x"], again)


def test_a_label_that_is_not_known_is_averaged_over():
    graph = made(lambda: hm.classification_rbm(6, 4, classes=3, std=1.0))
    model = LabelledModel(graph)
    p = model.log_probs({"x": X}).exp()
    torch.testing.assert_close(p.sum(1), torch.ones(7))
    each = [
        torch.sigmoid(graph.field("h", {"v": X, "y": y.expand(7, 3)})).detach()
        for y in torch.eye(3)
    ]
    expected = sum(p[:, [k]] * h for k, h in enumerate(each))
    torch.testing.assert_close(model.codes({"x": X})["h"], expected)


def test_a_doubled_layer_sees_its_rows_twice():
    layer = doubled(deep())[0]
    model = RestrictedModel(layer)
    assert model.layers == ("h",)
    assert set(model.state({"x": X})) == {"v", "v_copy"}
    free = layer.free_energy(copies(layer, X), ("h",)).detach()
    torch.testing.assert_close(model.free_energy({"x": X}), free)


def test_lengths_are_bound_where_units_need_them():
    model = RestrictedModel(rbm(hm.Multinomial(6), 4))
    x = torch.tensor([[1.0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 5, 0]])
    (back,) = model.reconstruct({"x": x}).values()
    torch.testing.assert_close(back["x"].sum(1), x.sum(1))


def test_wrong_rows_are_refused():
    with pytest.raises(ValueError, match=r"shape \(7, 5\), but the model has 6.*give \(N, 6\)"):
        RestrictedModel(rbm(6, 4)).codes({"x": X[:, :5]})


def test_free_energies_are_those_of_enumeration():
    for graph in (rbm(6, 4, std=1.0), hm.classification_rbm(6, 4, classes=3, std=1.0)):
        model = (LabelledModel if "y" in graph.units else RestrictedModel)(graph)
        x = (X > 0.5).float()
        log_z = float(exact.log_partition(graph))
        states, p = exact.distribution(graph)
        for row, free in zip(x, model.free_energy({"x": x}), strict=True):
            same = (states["v"] == row).all(1)
            assert -float(free) - log_z == pytest.approx(float(p[same].sum().log()), abs=1e-4)


# --- samples -------------------------------------------------------------------------------------


def test_means_are_those_of_the_model():
    graph = made(lambda: rbm(5, 3, std=1.5))
    n = 20_000
    found = RestrictedModel(graph).sample(n, sweeps=30, source=generator(1))["x"].mean(0)
    expected = exact.moments(graph)["v"][0]
    assert torch.allclose(found, expected, atol=5 * 0.5 / n**0.5)


def test_known_values_stay_and_the_others_follow_their_conditional():
    graph = made(lambda: rbm(5, 3, std=1.5))
    n = 20_000
    known = torch.tensor([[1.0, NAN, 0.0, NAN, NAN]])
    model = RestrictedModel(graph)
    found = model.sample(n, given={"x": known}, sweeps=30, source=generator(1))["x"]
    assert bool((found[:, 0] == 1).all())
    assert bool((found[:, 2] == 0).all())
    states, p = exact.distribution(graph)
    fits = (states["v"][:, 0] == 1) & (states["v"][:, 2] == 0)
    expected = (p[fits, None] * states["v"][fits]).sum(0) / p[fits].sum()
    assert torch.allclose(found.mean(0), expected.float(), atol=5 * 0.5 / n**0.5)


def test_a_class_is_held():
    graph = made(lambda: hm.classification_rbm(5, 3, classes=2, std=1.5))
    n = 20_000
    y = torch.ones(n, dtype=torch.int64)
    model = LabelledModel(graph)
    found = model.sample(n, given={"y": y}, sweeps=30, source=generator(1))["x"].mean(0)
    states, p = exact.distribution(graph)
    fits = states["y"][:, 1] == 1
    expected = (p[fits, None] * states["v"][fits]).sum(0) / p[fits].sum()
    assert torch.allclose(found, expected.float(), atol=5 * 0.5 / n**0.5)


def test_a_class_of_a_machine_without_label_is_refused():
    with pytest.raises(ValueError, match="the machine has no label"):
        RestrictedModel(rbm(2, 3)).sample(1, given={"y": torch.tensor([1])}, sweeps=1)


def test_a_value_that_the_units_cannot_have_is_refused():
    with pytest.raises(ValueError, match="2"):
        RestrictedModel(rbm(2, 3)).sample(1, given={"x": torch.tensor([[2.0, NAN]])}, sweeps=1)


# --- learning ------------------------------------------------------------------------------------


def test_labels_become_one_hot_and_zeros_where_there_is_none():
    model = LabelledModel(hm.classification_rbm(6, 4, classes=3))
    state = model.state({"x": X[:3], "y": torch.tensor([2, -1, 0])})
    assert state["y"].tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert set(RestrictedModel(rbm(6, 4)).state({"x": X, "y": torch.zeros(7).long()})) == {"v"}


def test_a_machine_takes_what_its_layers_have_learned():
    model = GraphModel(deep())
    layers = model.split()
    with torch.no_grad():
        layers[0].machine.units["h"].bias.fill_(1.0)
        layers[1].machine.units["v"].bias.fill_(3.0)
    assert model.machine.units["h1"].bias.tolist() == [0.0] * 5
    model.compose(layers)
    assert model.machine.units["h1"].bias.tolist() == [2.0] * 5


def test_it_starts_from_the_rates_of_its_rows_and_labels():
    model = LabelledModel(hm.classification_rbm(6, 4, classes=2))
    x, y = (X > 0.5).float(), torch.tensor([0, 1, 1, 1, -1, -1, -1])
    model.start({"x": x, "y": y})
    units = model.machine.units
    assert float((units["y"].bias[1] - units["y"].bias[0]).detach()) == pytest.approx(
        math.log(3), abs=0.3
    )
    rates = torch.sigmoid(units["v"].bias.detach())
    assert torch.equal(rates > 0.5, x.mean(0) > 0.5)


# --- weights -------------------------------------------------------------------------------------


def test_a_graph_is_walked_from_its_data_whatever_way_its_edges_point():
    with seeded(0):
        units = {"v": hm.Bernoulli(6), "a": hm.Bernoulli(5), "b": hm.Bernoulli(4)}
        edges = {("v", "a"): hm.Dense((6,), (5,)), ("b", "a"): hm.Dense((4,), (5,))}
        graph = hm.EnergyGraph(units, edges)
    found = filters_of(graph)
    assert {name: tuple(w.shape) for name, w in found.items()} == {"a": (5, 6), "b": (4, 6)}
    weights = [graph.connections[name].weight for name in ("b-a", "v-a")]
    torch.testing.assert_close(found["b"], (weights[0].mT @ weights[1]).detach())


def test_a_sweep_of_a_wired_group_takes_a_step_a_block():
    assert moves(rbm(6, 4)) == 2
    wired = hm.EnergyGraph({"x": hm.Spin(5)}, {("x", "x"): hm.Lateral((5,))})
    assert moves(wired) == len(wired.blocks("x")) == 5


def test_labels_that_cannot_fit_are_refused_with_their_size(monkeypatch):
    model = LabelledModel(hm.classification_rbm(2, 1, classes=40))
    monkeypatch.setattr("harmonium.memory.free", lambda: 100.0)
    with pytest.raises(ValueError, match="labels of 50 rows, .* over 40 classes, needs 23.44"):
        model.coded(torch.zeros(50, dtype=torch.long))


def test_the_growth_of_real_visible_units_is_quadratic():
    growths = [adapted(rbm(units, 2)).growth for units in (4, Poisson(4), DReLU(4))]
    assert growths == ["finite", "finite", "quadratic"]
