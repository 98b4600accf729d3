"""Linear associative memory: exact recall, cross-talk, noise, against independent formulas."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from harmonium.learning import (
    Associate,
    condition,
    correlation_matrix,
    cross_talk,
    optimal_mapping,
)
from harmonium.nets import LinearMemory

KEYS = torch.tensor([[1, 0, 0], [0.6, 0.8, 0]], dtype=torch.float64)
VALUES = torch.tensor([[1, -1], [2, 0]], dtype=torch.float64)


def drawn(*shape, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def close(x, y, atol=1e-12):
    torch.testing.assert_close(x, torch.as_tensor(y, dtype=x.dtype), rtol=0, atol=atol)


def test_the_worked_example():
    matrix = correlation_matrix(KEYS, VALUES)
    close(matrix, [[2.2, 1.6, 0], [-1, 0, 0]])
    close(KEYS @ matrix.mT, [[2.2, -1], [2.6, -0.6]])
    close(cross_talk(KEYS, VALUES), [[1.2, 0], [0.6, -0.6]])
    close(optimal_mapping(KEYS, VALUES), [[1, 1.75, 0], [-1, 0.75, 0]])
    close(optimal_mapping(KEYS, KEYS), np.diag([1, 1, 0]))


def test_recall_of_orthonormal_keys_is_exact():
    keys = torch.linalg.qr(drawn(20, 8)).Q.mT
    values = drawn(8, 5, seed=1)
    close(keys @ correlation_matrix(keys, values).mT, values)
    assert cross_talk(keys, values).abs().max() < 1e-12
    assert condition(keys) == pytest.approx(1)


def test_recall_is_the_value_and_its_cross_talk():
    keys, values = drawn(9, 6), drawn(9, 4, seed=1)
    recalled = keys @ correlation_matrix(keys, values).mT
    own = keys.square().sum(1, keepdim=True) * values
    close(recalled, own + cross_talk(keys, values))
    by_pairs = sum(float(keys[r] @ keys[2]) * values[r] for r in range(9) if r != 2)
    close(cross_talk(keys, values)[2], by_pairs)


def test_any_independent_keys_are_recalled_exactly_by_the_optimal_form():
    keys = torch.ones(5, 12, dtype=torch.float64) + 0.1 * drawn(5, 12)
    values = drawn(5, 3, seed=1)
    close(keys @ optimal_mapping(keys, values).mT, values, atol=1e-10)
    assert condition(keys) > 10


def test_the_optimal_form_is_least_squares():
    keys, values = drawn(40, 7), drawn(40, 3, seed=1)
    theirs = LinearRegression(fit_intercept=False).fit(keys.numpy(), values.numpy())
    close(optimal_mapping(keys, values), theirs.coef_, atol=1e-10)


def test_a_memory_of_rows_leaves_the_share_p_over_d_of_the_noise():
    keys = drawn(40, 200)
    project = optimal_mapping(keys, keys)
    close(project @ project, project.numpy(), atol=1e-10)
    noise = drawn(2000, 200, seed=2)
    share = (noise @ project.mT).square().sum() / noise.square().sum()
    assert float(share) == pytest.approx(40 / 200, abs=0.01)


def test_the_cross_talk_of_random_keys_has_the_variance_of_their_load():
    """Mean over draws: (P - 1) / D."""
    found = []
    for seed in range(20):
        keys, values = drawn(20, 100, seed=seed).sign(), drawn(20, 30, seed=100 + seed).sign()
        found.append(float((cross_talk(keys, values) / 100).square().mean()))
    assert np.mean(found) == pytest.approx(0.19, abs=0.01)


def test_a_cutoff_gives_up_pairs_for_less_noise():
    keys = torch.ones(5, 12, dtype=torch.float64) + 1e-3 * drawn(5, 12)
    values = drawn(5, 3, seed=1)
    sizes = [float(optimal_mapping(keys, values, cutoff=c).norm()) for c in (1e-10, 1e-2)]
    assert sizes[1] < sizes[0] / 100


def test_pairs_that_are_no_pairs_are_refused():
    with pytest.raises(ValueError, match="a key for each value"):
        correlation_matrix(KEYS, VALUES[:1])


@pytest.mark.parametrize("form", ["correlation", "optimal"])
def test_the_learner_stores_all_pairs_of_a_batch(form):
    memory = LinearMemory(6, 3).double()
    batch = {"x": drawn(5, 6), "y": torch.tensor([0, 2, 1, 0, 1])}
    learner = Associate(memory, form=form)
    loss = learner.step(batch)["squared_error"]
    codes = torch.eye(3, dtype=torch.float64)[batch["y"]]
    store = optimal_mapping if form == "optimal" else correlation_matrix
    close(memory.weight.detach(), store(batch["x"], codes).numpy())
    gap = batch["x"] @ memory.weight.detach().mT - codes
    assert float(loss) == pytest.approx(float(gap.square().sum()) / 10, abs=1e-12)
    again = Associate(LinearMemory(6, 3).double())
    again.load_state_dict(learner.state_dict())
    assert torch.equal(again.module.weight, memory.weight)
