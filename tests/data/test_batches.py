"""Batches: every pass a new permutation of all rows, in step across tensors, seeded."""

import pytest
import torch

from harmonium.data import Batches, Examples, Numbers, Picture, sampled

X = torch.arange(10)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def order(batches):
    return torch.cat(list(batches)).tolist()


@pytest.mark.parametrize(
    ("size", "sizes"), [(4, [4, 4, 2]), (5, [5, 5]), (99, [10]), (1, [1] * 10)]
)
def test_every_row_once_with_a_short_last_batch(size, sizes):
    batches = Batches(X, size=size, source=seeded())
    found = [len(batch) for batch in batches]
    assert found == sizes
    assert len(batches) == len(sizes)
    assert sorted(order(batches)) == X.tolist()


def test_passes_differ_and_the_source_decides_them():
    def passes(seed):
        batches = Batches(X, size=3, source=seeded(seed))
        return [order(batches) for _ in range(3)]

    first = passes(0)
    assert first[0] != first[1] != first[2] != X.tolist()
    assert passes(0) == first
    assert passes(1) != first


def test_without_a_source_the_global_one_decides():
    with torch.random.fork_rng():
        torch.manual_seed(5)
        first = order(Batches(X, size=3))
        torch.manual_seed(5)
        assert order(Batches(X, size=3)) == first


def test_all_permutations_are_equally_likely():
    batches = Batches(torch.arange(4), size=2, source=seeded())
    counts = {}
    for _ in range(2400):
        seen = tuple(order(batches))
        counts[seen] = counts.get(seen, 0) + 1
    assert len(counts) == 24
    chi_square = sum((n - 100) ** 2 / 100 for n in counts.values())
    assert chi_square < 60  # 23 degrees of freedom: P = 4e-5


def test_unshuffled_keeps_the_order_and_draws_nothing():
    source = seeded()
    before = source.get_state()
    assert order(Batches(X, size=3, source=source, shuffle=False)) == X.tolist()
    assert torch.equal(source.get_state(), before)


def test_tuples_stay_in_step():
    x = torch.arange(20.0).reshape(10, 2)
    for rows, labels in Batches((x, X), size=3, source=seeded()):
        assert torch.equal(rows, x[labels])


def test_a_tuple_of_one_gives_tuples():
    ((batch,),) = list(Batches((X,), size=10, shuffle=False))
    assert torch.equal(batch, X)


def test_transform_sees_only_the_first_tensor_and_is_applied_anew_in_each_pass():
    source = seeded()
    grey = torch.full((10, 50), 0.5)
    batches = Batches((grey, X), size=4, shuffle=False, transform=lambda x: sampled(x, source))
    first, second = (torch.cat([x for x, _ in batches]) for _ in range(2))
    assert set(first.unique().tolist()) == {0, 1}
    assert not torch.equal(first, second)
    assert order(label for _, label in batches) == X.tolist()
    assert torch.equal(grey, torch.full((10, 50), 0.5))


@pytest.mark.parametrize("bad", [[X], "rows", (X, [1, 2]), None])
def test_other_types_are_refused(bad):
    with pytest.raises(TypeError, match="a tensor, or a tuple or mapping"):
        Batches(bad, size=2)


@pytest.mark.parametrize("bad", [(X, X[:9]), (), torch.zeros(0, 3), torch.tensor(1.0)])
def test_unequal_or_missing_rows_are_refused(bad):
    with pytest.raises(ValueError, match="first axes of length"):
        Batches(bad, size=2)


@pytest.mark.parametrize("size", [0, -1])
def test_size_below_one_is_refused(size):
    with pytest.raises(ValueError, match=f"size is {size}"):
        Batches(X, size=size)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("at", range(1, 8))
def test_a_saved_position_gives_the_rest_of_the_pass_and_the_passes_after(at, shuffle):
    """Three passes of four batches, saved after batch ``at`` and continued by another object."""

    def batches(source):
        return Batches(X, size=3, source=source, shuffle=shuffle)

    source = seeded()
    whole = batches(source)
    expected = [b.tolist() for _ in range(3) for b in whole]

    source = seeded()
    first, found = batches(source), []
    while len(found) < at:
        for batch in first:
            found.append(batch.tolist())
            if len(found) == at:
                break
    state, position = source.get_state(), first.state_dict()
    other = seeded(9)
    other.set_state(state)
    second = batches(other)
    second.load_state_dict(position)
    while len(found) < len(expected):
        found += [b.tolist() for b in second]
    assert found == expected


def test_an_iteration_that_was_left_is_not_gone_on_with():
    batches = Batches(X, size=3, source=seeded())
    next(iter(batches))
    assert sorted(order(batches)) == X.tolist()
    assert batches.state_dict()["next"] == 0


def test_a_position_among_other_rows_is_refused():
    with pytest.raises(ValueError, match="among 7 rows does not fit 10"):
        Batches(X, size=3).load_state_dict({"rows": 7, "next": 3, "order": None})


def test_examples_come_in_the_shape_of_their_kinds():
    x = torch.arange(24.0).reshape(6, 4)
    kinds = {"x": Picture((1, 2, 2)), "y": Numbers((1,))}
    examples = Examples({"x": x, "y": x[:, :1]}, kinds=kinds)
    seen = []
    for batch in Batches(examples, size=4, source=seeded(), transform=lambda rows: rows + 1):
        assert batch["x"].shape[1:] == (1, 2, 2)
        assert torch.equal(batch["x"][:, 0, 0, 0], batch["y"][:, 0] + 1)
        seen += batch["y"].flatten().tolist()
    assert sorted(seen) == x[:, 0].tolist()


def test_examples_give_the_batches_of_their_columns():
    x = torch.arange(24.0).reshape(6, 4)
    examples = Examples({"x": x}, kinds={"x": Picture((1, 2, 2))})
    shaped = Batches(examples, size=4, source=seeded())
    flat = Batches(examples.columns, size=4, source=seeded())
    pairs = zip(shaped, flat, strict=True)
    assert all(torch.equal(a["x"].flatten(1), b["x"]) for a, b in pairs)
    assert list(shaped.columns) == ["x"]
