"""The example trains the recipe three times, each with its own penalty, and makes one page."""

import importlib.util
import sys
from pathlib import Path

import harmonium as hm

PLACE = Path(__file__).parents[2] / "examples" / "letters.py"


def test_three_penalties_on_one_page(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("letters_example", PLACE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["letters.py", "--epochs", "3", "--output", "page.html"])
    example.main()
    found = sorted((tmp_path / "runs").glob("*/*"))
    given = [hm.Run.open(path).recipe["train"]["penalties"] for path in found]
    kinds = [[penalty["type"] for penalty in penalties] for penalties in given]
    assert sorted(kinds) == [[], ["l1"], ["l2"]]
    page = (tmp_path / "page.html").read_text()
    assert page.count("<img") + page.count("<svg") >= 6
    for heading in ("Reconstructions", "Filters", "An RBM as a basis", "Filters through training"):
        assert f">{heading}</h2>" in page
