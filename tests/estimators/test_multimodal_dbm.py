"""The estimator of several kinds of data: its answers against enumeration, and what it learns."""

import itertools

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from sklearn.base import clone

from harmonium import Gaussian, MultimodalDBM, exact
from tests.laws.specimens import randomised

BITS = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
COUNTS = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 1, 0], [1, 0, 1], [0, 1, 1]])
QUICK = {"pretrain_epochs": 1, "n_epochs": 1, "random_state": 0}


def every_pair():
    """Every state of three bits with every document of two words."""
    a, b = np.meshgrid(np.arange(8), np.arange(6), indexing="ij")
    return {"picture": BITS[a.ravel()], "words": COUNTS[b.ravel()]}


def signs(n, seed):
    return np.random.default_rng([seed, 9]).integers(0, 2, n)


def drawn(n=300, *, seed=0):
    """Bits, counts and a real value that all depend on a hidden sign."""
    rng = np.random.default_rng(seed)
    sign = signs(n, seed)
    p = np.where(sign[:, None], [0.9, 0.9, 0.1], [0.1, 0.1, 0.9])
    words = [rng.multinomial(6, [0.7, 0.2, 0.1] if s else [0.1, 0.2, 0.7]) for s in sign]
    real = 500 + 10 * np.where(sign, 1.0, -1.0) + 8 * rng.normal(size=n)
    return {
        "picture": (rng.random((n, 3)) < p).astype(float),
        "words": np.array(words),
        "real": np.c_[real, rng.normal(size=n)],
    }


def averaged(model, rows, *, times=400):
    """Imputed rows, averaged over many chains each."""
    many = {name: np.repeat(np.asarray(x), times, 0) for name, x in rows.items()}
    found = model.impute(many, n_sweeps=60)
    return {name: x.reshape(-1, times, *x.shape[1:]).mean(1) for name, x in found.items()}


@pytest.fixture(scope="module")
def random():
    """A machine of bits and counts with sizeable weights; nobody changes it."""
    model = MultimodalDBM({"picture": [3], "words": []}, 2, **QUICK).fit(every_pair())
    graph = randomised(model.graph_, 5, std=1.0).float()
    with torch.no_grad():  # strong weights, around units that are on half of the time
        for name, p in graph.named_parameters():
            p.mul_(0 if name.endswith("bias") else 1.5 if "words" in name else 4)
        for a, b in (("picture", "picture_h1"), ("picture_h1", "joint")):
            weight = graph.connections[f"{a}-{b}"].weight
            graph.units[a].bias.sub_(weight.sum(0) / 2)
            graph.units[b].bias.sub_(weight.sum(1) / 2)
        weight = graph.connections["words-joint"].weight
        graph.units["words"].bias.sub_(weight.sum(0) / 2)
        graph.units["joint"].bias.sub_(weight.sum(1) * 2 / 3)
    return model


@pytest.fixture(scope="module")
def table(random):
    """p(picture, words | two words), (8, 6), by enumeration."""
    rows = {n: torch.from_numpy(x).float() for n, x in every_pair().items()}
    found = exact.log_prob(random.graph_.given(words=torch.tensor(2.0)), rows)
    return found.detach().exp().reshape(8, 6).double().numpy()


@pytest.fixture(scope="module")
def learned():
    sizes = {"picture": [5], "words": [], "real": []}
    return MultimodalDBM(sizes, 6, n_epochs=100, random_state=0).fit(drawn())


def test_the_score_is_a_bound_near_the_enumerated_likelihood(random, table):
    assert table.sum() == pytest.approx(1, abs=1e-4)
    coefficient = np.log(np.where((COUNTS == 2).any(1), 1, 2))
    true = np.log(table) - coefficient  # of the words in their order
    gap = true.ravel() - random.score_samples(every_pair())
    assert gap.min() > -1e-4
    assert 1e-5 < gap.max() < 1.5
    assert random.score(every_pair()) == pytest.approx((true.ravel() - gap).mean())


def test_what_is_missing_is_inferred_both_ways(random, table):
    pictures = averaged(random, {"words": COUNTS})["picture"]
    expected = (table.T / table.sum(0)[:, None]) @ BITS
    np.testing.assert_allclose(pictures, expected, atol=0.05)
    assert np.abs(BITS.T @ table.sum(1) - expected).max() > 0.1  # the mean of all is far off
    random._base["words"] = torch.tensor([1.0, 0.5, 0.5])  # documents of two words
    words = averaged(random, {"picture": BITS})["words"]
    np.testing.assert_allclose(words, table / table.sum(1)[:, None] @ COUNTS, atol=0.08)
    np.testing.assert_allclose(words.sum(1), 2, atol=1e-5)


def test_samples_follow_the_enumerated_distribution(random, table):
    random._base["words"] = torch.tensor([1.0, 0.5, 0.5])
    found = random.sample(4000, n_sweeps=30)
    bits = (found["picture"] @ [4, 2, 1]).astype(int)
    counts = (found["words"][:, None] == COUNTS).all(2).argmax(1)
    share = np.zeros((8, 6))
    np.add.at(share, (bits, counts), 1 / 4000)
    assert np.abs(share - table).sum() / 2 < 0.08
    given = random.sample(4000, given={"words": [[2, 0, 0]]}, n_sweeps=30)
    assert (given["words"] == [2, 0, 0]).all()
    expected = BITS.T @ table[:, 0] / table[:, 0].sum()
    np.testing.assert_allclose(given["picture"].mean(0), expected, atol=0.05)


def test_a_missing_modality_may_be_written_in_four_ways(random):
    n, words = 6, COUNTS
    gaps = [None, np.full((n, 3), np.nan), [None] * 5 + [BITS[0]]]
    expected = random.impute({"words": words})["picture"]
    for gap in gaps:
        found = random.impute({"picture": gap, "words": words})["picture"]
        np.testing.assert_array_equal(found[:5], expected[:5])
    assert (found[5] == BITS[0]).all()
    mixed = random.impute({"picture": [BITS[3], None], "words": [None, words[0]]})
    assert (mixed["picture"][0] == BITS[3]).all()
    assert (mixed["words"][1] == words[0]).all()
    assert random.transform({"words": words}).shape == (6, 2)


def test_a_known_part_of_a_picture_is_held(random, table):
    half = {"picture": np.array([[1.0, np.nan, np.nan]]), "words": [[2, 0, 0]]}
    found = averaged(random, half)["picture"][0]
    p = table[:, 0] * BITS[:, 0]
    np.testing.assert_allclose(found, BITS.T @ p / p.sum(), atol=0.06)
    with pytest.raises(ValueError, match="'words': some counts of a row are missing"):
        random.impute({"words": [[1.0, np.nan, 1.0]]})


def test_it_learns_what_three_kinds_of_data_have_in_common(learned):
    assert learned.kinds_ == {"picture": "bernoulli", "words": "counts", "real": "gaussian"}
    test = drawn(200, seed=1)
    sign = signs(200, 1) > 0
    for name, column in (("picture", 0), ("words", 0)):
        found = learned.impute({name: test[name]})["real"][:, 0]
        assert ((found > 500) == sign).mean() > 0.85
        assert found.min() < 492
        assert found.max() > 506
        back = learned.impute({"real": test["real"]})[name][:, column]
        assert back[sign].mean() > 1.8 * back[~sign].mean()
    codes = learned.transform(test)
    assert np.abs(codes[sign].mean(0) - codes[~sign].mean(0)).max() > 0.3
    assert list(learned.get_feature_names_out()) == [f"multimodaldbm{k}" for k in range(6)]
    assert learned.score(test) > learned.score({**test, "real": test["real"][::-1]}) + 0.1


def test_real_columns_are_scored_in_their_own_units():
    x = {name: drawn(100)[name] for name in ("picture", "real")}
    wide = {**x, "real": 1000 * x["real"]}
    one, other = (MultimodalDBM([], 3, **QUICK).fit(data) for data in (x, wide))
    assert other.score(wide) == pytest.approx(one.score(x) - 2 * np.log(1000), abs=1e-3)


def test_rows_without_a_modality_teach_too():
    x = drawn()
    x["picture"][::2] = np.nan
    model = MultimodalDBM([], 6, n_epochs=60, random_state=0).fit(x)
    test = drawn(200, seed=1)
    found = model.impute({"words": test["words"]})["picture"][:, 0]
    assert ((found > 0.5) == (signs(200, 1) > 0)).mean() > 0.85
    with pytest.raises(ValueError, match="missing values: score whole rows"):
        model.score(x)


def test_sparse_counts_and_dense_ones_give_the_same_machine():
    x = drawn(60)
    one, other = (
        clone(m).fit(d)
        for m, d in (
            (MultimodalDBM((4,), 3, **QUICK), x),
            (MultimodalDBM((4,), 3, **QUICK), {**x, "words": csr_matrix(x["words"])}),
        )
    )
    for p, q in zip(one.graph_.parameters(), other.graph_.parameters(), strict=True):
        torch.testing.assert_close(p, q)
    assert (other.impute({"words": csr_matrix(x["words"])})["words"] == x["words"]).all()


def test_pictures_keep_their_shape_and_bytes_their_range():
    rng = np.random.default_rng(0)
    x = {"picture": rng.integers(0, 256, (40, 4, 3), dtype=np.uint8), "bits": rng.random((40, 2))}
    model = MultimodalDBM([], 3, **QUICK).fit(x)
    assert model.kinds_["picture"] == "bernoulli"
    found = model.impute({"bits": x["bits"]})["picture"]
    assert found.shape == (40, 4, 3)
    assert 60 < found.mean() < 190


def test_kinds_can_be_chosen():
    x = {"a": np.eye(3)[np.arange(30) % 3], "b": np.arange(60.0).reshape(30, 2)}
    model = MultimodalDBM([], 2, kinds={"a": "gaussian", "b": Gaussian(2)}, **QUICK).fit(x)
    assert model.kinds_ == {"a": "gaussian", "b": "gaussian"}
    assert float(model.graph_.units["b"].bias.detach().abs().max()) > 0.01  # not standardised


@pytest.mark.parametrize(
    ("x", "settings", "said"),
    [
        ({"a": BITS}, {}, "at least two modalities"),
        ({"a": BITS, "b": BITS[:3]}, {}, "different numbers of rows: 'a' 8, 'b' 3"),
        ({"a": BITS, "b": BITS}, {"kinds": {"c": "counts"}}, "kinds names"),
        ({"a": BITS, "b": BITS}, {"kinds": {"a": "integers"}}, "is not a kind; choose from auto"),
        ({"a": BITS, "b": BITS - 0.5}, {"kinds": {"b": "counts"}}, "modality 'b': values range"),
        ({"a": BITS, "b": BITS}, {"hidden_layer_sizes": {"a": [2]}}, "hidden_layer_sizes names"),
        ({"a": BITS, "b": [None] * 8}, {}, "at least one row"),
        (
            {"a": BITS, "b": np.where([[1], *[[0]] * 7], np.nan, BITS)},
            {"kinds": {"b": "counts"}},
            "counts are missing",
        ),
    ],
)
def test_refusals(x, settings, said):
    with pytest.raises(ValueError, match=said):
        MultimodalDBM(**{"hidden_layer_sizes": [2], "n_components": 2} | settings, **QUICK).fit(x)


def test_other_refusals(random):
    with pytest.raises(TypeError, match="give a dict of arrays by name"):
        random.transform(BITS)
    with pytest.raises(ValueError, match="but fit saw"):
        random.transform({"sound": BITS})
    with pytest.raises(ValueError, match="give at least one modality"):
        random.transform({"words": None})
    with pytest.raises(ValueError, match="'picture': rows of shape"):
        random.transform({"picture": BITS[:, :2]})
    two = MultimodalDBM([], 2, **QUICK).fit({"a": COUNTS, "b": COUNTS})
    with pytest.raises(ValueError, match="are both counts"):
        two.score({"a": COUNTS, "b": COUNTS})
