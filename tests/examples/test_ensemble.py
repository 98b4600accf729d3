"""The example compares noisy units with bagged nets."""

import sys

import pytest


def test_noise_is_that_of_the_formula(example):
    assert example.spread(64, 0) == pytest.approx(1 / 8, rel=0.1)
    assert example.spread(64, 0.2) == pytest.approx((0.2 + 0.8 / 64) ** 0.5, rel=0.1)


@pytest.mark.slow
def test_bagged_nets_vary_less_and_err_nearly_as_much(example, monkeypatch, tmp_path):
    table = example.bagging([1, 4], draws=3)
    (_, one, alone), (_, four, together) = table
    assert four < 0.7 * one
    assert 0.8 * alone < together < alone
    monkeypatch.setattr(example, "bagging", lambda *_, **__: table)
    page = tmp_path / "page.html"
    monkeypatch.setattr(sys, "argv", ["ensemble.py", "--output", str(page)])
    example.main()
    assert ">Bagged nets</h2>" in page.read_text()
