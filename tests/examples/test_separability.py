"""The example counts separable functions and draws Cover's curve."""

import sys

import pytest


def test_counts_and_the_curve_are_on_the_page(example, monkeypatch, tmp_path, capsys):
    page = tmp_path / "page.html"
    monkeypatch.setattr(sys, "argv", ["separability.py", "--draws", "3", "--output", str(page)])
    example.main()
    assert "3 bits: 104 of 256 functions are separable" in capsys.readouterr().out
    assert ">Random rows</h2>" in page.read_text()


def test_half_of_all_labellings_are_separable_at_two_rows_for_each_input(example):
    assert example.cover(200, 100) == pytest.approx(0.5)
    assert example.cover(10, 10) == 1
    assert example.share(10, 10, draws=5) == 1
