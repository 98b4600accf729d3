"""Hebb's rule and its extension: the table of signs, growth, removal."""

import copy

import pytest
import torch

from harmonium.learning import Hebbian
from harmonium.nets import LinearMemory

ETA, LAMBDA = 0.5, 0.2


def made(inputs=2, outputs=2, **settings):
    return Hebbian(LinearMemory(inputs, outputs).double(), **settings)


def rows(x, y):
    return {"x": torch.tensor(x, dtype=torch.float64), "y": torch.tensor(y)}


def test_the_table_of_signs():
    """One row with x = (1, 0), and class 0 of two: y = (1, 0)."""
    rule = made(rate=ETA, decay=LAMBDA)
    rule.step(rows([[1, 0]], [0]))
    both, only_y, only_x, neither = rule.module.weight.flatten().tolist()
    assert (both, only_y, only_x, neither) == (ETA, -LAMBDA, -LAMBDA, 0)


def drawn(n=200, inputs=5):
    source = torch.Generator().manual_seed(0)
    x = torch.rand(n, inputs, generator=source, dtype=torch.float64)
    return {"x": x, "y": torch.randint(3, (n,), generator=source)}


def test_a_batch_takes_the_mean_of_the_formula():
    rule, batch = made(5, 3, rate=ETA, decay=LAMBDA), drawn()
    rule.step(batch)
    expected = torch.zeros(3, 5, dtype=torch.float64)
    for x, label in zip(batch["x"], batch["y"], strict=True):
        for k in range(3):
            y = float(k == label)
            expected[k] += (ETA * x * y - LAMBDA * (x * (1 - y) + (1 - x) * y)) / 200
    torch.testing.assert_close(rule.module.weight.detach(), expected)


def test_both_rules_agree_where_no_pair_is_asynchronous():
    """Rows where all units fire together, or none: with one class, x is all ones."""
    one, other = made(3, 1, rate=ETA), made(3, 1, rate=ETA, decay=LAMBDA)
    for rule in (one, other):
        rule.step(rows([[1, 1, 1], [1, 1, 1]], [0, 0]))
    assert torch.equal(one.module.weight, other.module.weight)
    assert one.module.weight.tolist() == [[ETA] * 3]


def test_hebbs_own_rule_never_shrinks_a_weight():
    rule, batch, before = made(5, 3), drawn(), torch.zeros(3, 5, dtype=torch.float64)
    for start in range(0, 200, 20):
        rule.step({name: rows[start : start + 20] for name, rows in batch.items()})
        now = rule.module.weight.detach().clone()
        assert (now >= before).all()
        before = now
    assert before.min() > 0


def test_what_was_removed_never_grows_again():
    rule = made(2, 2, rate=1.0, decay=0.6, floor=0.1)
    assert float(rule.step(rows([[1, 0]], [0]))["removed"]) == 0.5
    assert rule.module.weight.tolist() == [[1, 0], [0, 0]]
    for _ in range(5):
        rule.step(rows([[1, 1]], [0]))
    assert rule.module.weight.tolist() == [[6, 0], [0, 0]]
    assert rule.alive.tolist() == [[True, False], [False, False]]


def test_a_weight_that_grows_from_zero_is_not_removed_though_it_is_below_the_floor():
    rule = made(1, 1, rate=0.01, decay=1.0, floor=0.5)
    rule.step(rows([[1]], [0]))
    assert rule.module.weight.tolist() == [[0.01]]


def test_orthonormal_rows_are_recalled_exactly():
    rule = made(4, 4, rate=4.0)
    batch = rows(torch.eye(4).tolist(), [2, 0, 3, 1])
    rule.step(batch)
    assert torch.equal(rule.module(batch["x"]).argmax(1), batch["y"])
    assert rule.module(batch["x"]).max(1).values.tolist() == [1, 1, 1, 1]


def test_its_state_goes_on_to_the_bit():
    one, other = (made(5, 3, decay=0.5, floor=0.01) for _ in range(2))
    batch = drawn()
    one.step(batch)
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    for rule in (one, other):
        rule.step({name: rows[:7] for name, rows in batch.items()})
    assert torch.equal(one.module.weight, other.module.weight)
    assert torch.equal(one.alive, other.alive)
    assert not one.alive.all()


def test_activities_lie_in_the_unit_interval():
    with pytest.raises(ValueError, match=r"activities of x range from -1 to 1"):
        made().step(rows([[-1, 1]], [0]))
