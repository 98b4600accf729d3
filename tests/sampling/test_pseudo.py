import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.random import generator
from harmonium.sampling import pseudo, pseudo_likelihood, shifted, tempered
from tests.laws.registry import GRAPHS
from tests.laws.specimens import ROWS, numbers, random_state

CASES = [
    ("rbm", "v", ("v",)),
    ("rbm", "h", ("h",)),
    ("rbm-shaped", "v", ("v",)),
    ("rbm-spin", "v", ("v",)),
    ("rbm-categorical", "v", ("v",)),
    ("rbm-to-categorical", "v", ("v",)),
    ("rbm-to-gaussian", "v", ("v",)),
    ("rbm-gaussian", "h", ("h",)),
    ("boltzmann", "x", ("x",)),
    ("boltzmann-spin", "x", ("x",)),
    ("semi-restricted", "v", ("v",)),
    ("classifier", "v", ("v", "y")),
    ("classifier", "y", ("v", "y")),
    ("deep", "v", ("v", "h2")),
    ("deep", "h1", ("h1",)),
    ("affine", "v", ("v", "top")),
    ("stranger", "v", ("v",)),
]


def some(graph, names, *, seed=3):
    state = random_state(graph, seed=seed)
    return {n: state[n] for n in names}


def by_enumeration(graph, seen, name):
    """Unit by unit: the joint of the row against that with the unit in each of its states."""
    units, x = graph.units[name], seen[name]
    q = units.shape[-1] if units.unit_axes else 2
    n = x[0].numel() // (q if units.unit_axes else 1)
    every = units.states().detach().flatten(1)
    choices = torch.unique(every[:, : every.shape[1] // n], dim=0)
    flat = x.reshape(len(x), n, -1)
    total = 0
    for i in range(n):
        columns, own = [], torch.zeros(len(x), dtype=torch.long)
        for k, choice in enumerate(choices):
            other = flat.clone()
            other[:, i] = choice
            columns.append(exact.log_prob(graph, {**seen, name: other.reshape(x.shape)}))
            own = torch.where((flat[:, i] == choice).all(1), k, own)
        log_p = torch.log_softmax(torch.stack(columns, 1), 1)
        total = total + log_p[torch.arange(len(x)), own]
    return total


@pytest.mark.parametrize(("name", "group", "names"), CASES)
@pytest.mark.parametrize("chunk", [2**22, 1])
def test_it_is_the_sum_over_units_by_enumeration(name, group, names, chunk, monkeypatch):
    monkeypatch.setattr(pseudo, "_CHUNK", chunk)
    graph = GRAPHS[name]()
    seen = some(graph, names)
    found = pseudo_likelihood(graph, seen, name=group)
    assert found.dtype == torch.float64
    assert_close(found, by_enumeration(graph, seen, group))


def test_one_unit_a_row_is_right_on_average():
    graph = GRAPHS["rbm-categorical"]()
    seen = some(graph, ["v"])
    exactly = pseudo_likelihood(graph, seen)
    many = {"v": seen["v"].repeat_interleave(5000, 0)}
    drawn = pseudo_likelihood(graph, many, stochastic=True, source=generator(1)).reshape(4, 5000)
    error = drawn.std(1) / 5000**0.5
    assert bool(((drawn.mean(1) - exactly).abs() < 5 * error).all())
    assert float(drawn.std(1).min()) > 0


def test_rows_of_views():
    graph = GRAPHS["rbm"]()
    seen = some(graph, ["v"])
    betas, extra = torch.tensor([0.0, 0.5, 1.0, 2.0]).double(), numbers(ROWS, 3, seed=4)
    found = pseudo_likelihood(tempered(shifted(graph, {"h": extra}), betas), seen)
    for i in range(ROWS):
        one = tempered(shifted(graph, {"h": extra[i]}), float(betas[i]))
        assert_close(pseudo_likelihood(one, {"v": seen["v"][i : i + 1]})[0], found[i])


def test_what_has_none():
    real = GRAPHS["rbm-gaussian"]()
    with pytest.raises(ValueError, match="Gaussian units: a pseudo-likelihood needs"):
        pseudo_likelihood(real, some(real, ["v"]))
    with pytest.raises(ValueError, match="'v' holds values that are no states.*draw binary data"):
        pseudo_likelihood(GRAPHS["rbm"](), {"v": torch.full((2, 4), 0.5).double()})
    graph = GRAPHS["deep"]()
    with pytest.raises(ValueError, match=r"\['h1', 'h2'\] are connected"):
        pseudo_likelihood(graph, some(graph, ["v"]))
