"""The example prints the chain and writes one page with both passes."""

import importlib.util
import sys
from pathlib import Path

PLACE = Path(__file__).parents[2] / "examples" / "backpropagation.py"


def test_the_chain_and_both_passes_are_on_one_page(monkeypatch, tmp_path, capsys):
    spec = importlib.util.spec_from_file_location("backpropagation_example", PLACE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    monkeypatch.setattr(sys, "argv", ["backpropagation.py", "--output", str(tmp_path / "a.html")])
    example.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["1", "3.204783e-04", "6.437763e-04"]
    assert lines[5].split() == ["5", "9.771945e-02", "1.087479e-01"]
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    for heading in ("The net", "Forward pass", "Backward pass", "Gradients"):
        assert f">{heading}</h2>" in page
    assert "0.25 + 1 · 0.6225 + (−1) · 0.6225" in page
