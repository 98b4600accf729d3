import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.sampling import (
    clamped,
    expectations,
    log_conditional,
    log_marginal,
    posterior,
    shifted,
    tempered,
)
from tests.laws.registry import GRAPHS, VIEWS
from tests.laws.specimens import ROWS, random_state

CASES = [
    ("classifier", "y", ("v",)),
    ("classifier", "v", ("y",)),
    ("classifier", "y", ("v", "h")),
    ("classifier", "h", ("v",)),
    ("deep", "h1", ("v",)),
    ("deep", "v", ("h2",)),
    ("deeper", "h3", ("h1",)),
    ("rbm-categorical", "v", ("h",)),
    ("rbm-gaussian", "h", ("v",)),
    ("rbm-to-gaussian", "v", ("h",)),
    ("encoder", "v1", ("v2", "h")),
    ("affine", "h", ("v",)),
]


def given_of(graph, names, *, seed=3):
    state = random_state(graph, seed=seed)
    return {n: state[n] for n in names}


def by_enumeration(graph, name, given):
    """The joint of every state of the group with each row, normalised over the states."""
    states = graph.units[name].states()
    columns = [
        exact.log_prob(graph, {**given, name: x.expand(ROWS, *x.shape)}) for x in states.detach()
    ]
    return torch.log_softmax(torch.stack(columns, 1), 1)


@pytest.mark.parametrize(("name", "group", "given"), CASES)
def test_it_is_the_enumerated_conditional(name, group, given):
    graph = GRAPHS[name]()
    batch = given_of(graph, given)
    found = log_conditional(graph, group, given=batch)
    assert found.shape == (ROWS, graph.units[group].count())
    assert_close(found.detach(), by_enumeration(graph, group, batch))


@pytest.mark.parametrize("view", ["tempered", "tempered-from-base", "shifted", "scaled"])
def test_views_have_conditionals(view):
    graph = VIEWS[view].build(GRAPHS["classifier"](), 1)
    batch = given_of(GRAPHS["classifier"](), ["v"])
    found = log_conditional(graph, "y", given=batch)
    assert_close(found.detach(), by_enumeration(graph, "y", batch))


def test_views_that_differ_from_row_to_row():
    graph = GRAPHS["classifier"]()
    batch = given_of(graph, ["v"])
    betas = torch.tensor([0.0, 0.5, 1.0, 1.5]).double()
    extra = torch.randn(ROWS, 2, dtype=torch.float64)
    view = tempered(shifted(graph, {"h": extra}), betas)
    found = log_conditional(view, "y", given=batch)
    for i in range(ROWS):
        one = tempered(shifted(graph, {"h": extra[i]}), float(betas[i]))
        row = {"v": batch["v"][i : i + 1]}
        assert_close(log_conditional(one, "y", given=row)[0], found[i])


def test_class_probabilities_are_the_textbooks():
    """d_y + sum_j softplus(c_j + U_jy + W_j v)."""
    graph = GRAPHS["classifier"]()
    v = random_state(graph, seed=4)["v"]
    w, u = (graph.connections[name].weight for name in ("v-h", "y-h"))
    inner = (v @ w.mT)[:, None] + u.mT + graph.units["h"].bias
    score = graph.units["y"].bias + torch.log1p(inner.exp()).sum(2)
    assert_close(log_conditional(graph, "y", given={"v": v}), torch.log_softmax(score, 1))


def test_what_cannot_be_asked():
    graph = GRAPHS["rbm-gaussian"]()
    batch = given_of(graph, ["h"])
    with pytest.raises(ValueError, match="'v' is continuous"):
        log_conditional(graph, "v", given=batch)
    with pytest.raises(ValueError, match="'h' is given"):
        log_conditional(graph, "h", given=batch)
    with pytest.raises(ValueError, match="no group"):
        log_conditional(graph, "w", given=batch)
    with pytest.raises(ValueError, match="cannot both be summed out"):
        log_conditional(GRAPHS["deeper"](), "v", given=given_of(GRAPHS["deeper"](), ["h3"]))


# --- what follows for the other groups ---------------------------------------------------------


def given_v():
    graph = GRAPHS["classifier"]()
    return graph, {"v": random_state(graph, seed=3)["v"]}


def test_the_posterior_is_that_of_enumeration():
    graph, given = given_v()
    found = posterior(graph, "y", given=given)
    torch.testing.assert_close(found.weights.sum(), torch.ones(()).double())
    for i in range(len(given["v"])):
        truth = exact.phase(graph, hold={"v": given["v"][i : i + 1]})
        means = expectations(graph, "y", given={"v": given["v"][i : i + 1]})
        for name in ("y", "h"):
            moment = truth.moments(graph, name)[0].flatten(1)
            torch.testing.assert_close(means[name].flatten(), truth.weights @ moment)


def test_the_marginal_is_that_of_enumeration():
    graph, given = given_v()
    found = log_marginal(graph, "y", given=given)
    rows = torch.stack(
        [exact.log_partition(graph_of(graph, given["v"][i : i + 1])) for i in range(len(found))]
    )
    torch.testing.assert_close(found.double(), rows.flatten(), check_dtype=False)


def graph_of(graph, v):
    """The graph given one row; its log Z is the unnormalised log-probability of the row."""
    return clamped(graph, {"v": v})


def test_many_rows_are_taken_some_at_a_time(monkeypatch):
    graph = GRAPHS["classifier"]()
    given = given_of(graph, ("v",))
    by_row = tempered(graph, torch.linspace(0.5, 1.5, ROWS).to(given["v"]))
    whole = [log_conditional(g, "y", given=given) for g in (graph, by_row)]
    monkeypatch.setattr("harmonium.sampling.conditional._ROWS", 2)
    for g, expected in zip((graph, by_row), whole, strict=True):
        assert_close(log_conditional(g, "y", given=given), expected)


def test_rows_that_do_not_fill_a_chunk_are_there(monkeypatch):
    graph = GRAPHS["classifier"]()
    given = given_of(graph, ("v",))
    whole = log_conditional(graph, "y", given=given)
    monkeypatch.setattr("harmonium.sampling.conditional._ROWS", 3)  # 4 rows: 3 and 1
    assert ROWS % 3
    assert_close(log_conditional(graph, "y", given=given), whole)


def test_each_row_has_its_own_expectations():
    graph, given = given_v()
    whole = expectations(graph, "y", given=given)
    for i in range(len(given["v"])):
        one = expectations(graph, "y", given={"v": given["v"][i : i + 1]})
        for name, mean in one.items():
            torch.testing.assert_close(whole[name][i], mean[0])
