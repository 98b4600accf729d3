"""Variety of samples, discriminators that win, and what is found."""

import pytest
import torch

from harmonium.learning.collapse import collapse_findings, met_rows, told_apart


def test_met_rows_counts_rows_by_the_entropy_of_their_samples():
    rows = torch.arange(4.0)[:, None]
    assert met_rows(torch.zeros(10, 1), rows) == pytest.approx(1)
    assert met_rows(rows + 0.1, rows) == pytest.approx(4)
    uneven = torch.tensor([0.0, 0.0, 0.0, 1.0])[:, None]
    expected = 2 ** (0.75 * 0.4150374992788438 + 0.25 * 2)
    assert met_rows(uneven, rows) == pytest.approx(expected)


def test_told_apart_is_the_share_of_pairs_in_order():
    assert told_apart(torch.tensor([2.0, 3.0]), torch.tensor([0.0, 1.0])) == 1
    assert told_apart(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 1.0])) == 0.5
    assert told_apart(torch.tensor([0.0, 2.0]), torch.tensor([1.0])) == 0.5
    scores = torch.randn(2, 40, generator=torch.Generator().manual_seed(0))
    assert told_apart(*scores) == pytest.approx(told_apart(*(3 * scores - 7)))


def test_a_generator_that_makes_few_rows_is_noticed():
    (found,) = collapse_findings(variety=0.02, apart=0.9)
    assert found.kind == "mode collapse"
    assert "2.0 % as many different rows" in found.found
    assert "raise the discriminator's" in found.remedy
    assert collapse_findings(variety=0.8, apart=0.9) == []


def test_the_remedy_is_another_where_the_discriminator_wins_as_well():
    (found,) = collapse_findings(variety=0.02, apart=1.0)
    assert found.kind == "mode collapse"
    assert found.remedy.startswith("lower both learning rates")


def test_a_discriminator_that_wins_is_noticed():
    (found,) = collapse_findings(variety=0.8, apart=1.0)
    assert found.kind == "certain discriminator"
    assert "wasserstein" in found.remedy
