"""Errors of predicted outcomes: each game counts once."""

import pytest
import torch

from harmonium.judges.outcome import outcomes


def test_each_game_counts_once():
    true = torch.tensor([1.0, 1, 1, 1, -1, -1])[:, None]
    predicted = torch.tensor([0.5, 0.5, 0.5, 0.5, 0.5, -1])[:, None]
    game = torch.tensor([0, 0, 0, 0, 7, 7])
    found = outcomes(true, predicted, game=game)
    errors = (0.25, (1.5**2 + 0) / 2)
    assert found["outcome_error"] == pytest.approx(sum(errors) / 2)
    assert found["outcome_error_stderr"] == pytest.approx(abs(errors[0] - errors[1]) / 2)
    assert (found["winner_share"], found["games"], found["rows"]) == (0.75, 2, 6)
    nothing = outcomes(true, 0 * true, game=game)
    assert (nothing["outcome_error"], nothing["winner_share"]) == (1, 0)


def test_the_standard_error_is_the_spread_over_sets_of_games():
    source = torch.Generator().manual_seed(0)
    found = []
    for _ in range(300):
        game = torch.arange(12).repeat_interleave(8)
        won = torch.where(torch.rand(12, generator=source) < 0.6, 1.0, -1.0)[game, None]
        found.append(outcomes(won, torch.full_like(won, 0.2), game=game))
    spread = torch.tensor([part["outcome_error"] for part in found]).std()
    error = torch.tensor([part["outcome_error_stderr"] for part in found]).mean()
    assert float(error / spread) == pytest.approx(1, abs=0.12)
