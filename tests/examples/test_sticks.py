"""The example on sticks: a page of errors and drawn sticks, and the order of three methods."""

import sys

import pytest


def test_the_page(example, monkeypatch, tmp_path, capsys):
    file = tmp_path / "sticks.html"
    line = ["sticks.py", "--data", "letters", "--rows", "300", "--epochs", "1"]
    monkeypatch.setattr(sys, "argv", [*line, "--output", str(file)])
    example.main()
    lines = capsys.readouterr().out.splitlines()
    assert [text.split("  ")[0] for text in lines[:3]] == ["pixels", "sticks", "conv net"]
    page = file.read_text(encoding="utf-8")
    assert "at most 300 training rows" in page
    assert "The sticks of their blocks" in page or "the sticks of their blocks" in page


@pytest.mark.slow
@pytest.mark.data
def test_sticks_are_better_than_pixels_and_worse_than_learned_features(example):
    found = example.errors("mnist", rows=6000, epochs=15)
    assert found["sticks"] < 0.6 * found["pixels"]
    assert found["conv net"] < 0.8 * found["sticks"]
