"""The example counts 2, 4 and 7 regions, and makes a page of all its parts."""

import sys


def test_one_unit_a_tree_and_three_units(example):
    assert [*example.partitions().values()] == [2, 4, 7]
    assert {example.leaf((root, left, right)) for root in (0, 1) for left in (0, 1)
            for right in (0, 1)} == {(0, 0), (0, 1), (1, 0), (1, 1)}  # fmt: skip


def test_the_page_has_regions_pieces_and_nets_that_learned(example, monkeypatch, tmp_path, capsys):
    file = tmp_path / "depth.html"
    monkeypatch.setattr(sys, "argv", ["depth.py", "--output", str(file), "--updates", "3"])
    example.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["deep", "two layers", "wide"]
    page = file.read_text(encoding="utf-8")
    assert "tree of depth 2" not in page  # it is in the picture
    for text in ("Regions", "Pieces", "Learned", "256", "17"):
        assert text in page


def test_nets_have_about_as_many_parameters(example):
    sizes = []
    for units in example.NETS.values():
        pairs = zip(units[:-1], units[1:], strict=True)
        sizes.append(sum((inputs + 1) * outputs for inputs, outputs in pairs))
    assert max(sizes) < 1.06 * min(sizes)
