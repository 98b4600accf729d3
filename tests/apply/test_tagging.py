"""Sentences for a run that tags words."""

from typer.testing import CliRunner

from harmonium import apply
from harmonium.cli.app import app
from tests.apply.tags import conll, run


def test_sentences_are_read_and_written(tmp_path):
    (tmp_path / "in.txt").write_text("Ann\nlee\n\nsee\nthe\n")
    rows = apply.rows_of(apply.Trained(run()), tmp_path / "in.txt")
    assert rows.names == ("Ann lee", "see the")
    out = tmp_path / "out.txt"
    call = ["predict", str(run().path), "-i", str(tmp_path / "in.txt"), "-o", str(out)]
    found = CliRunner().invoke(app, call)
    assert found.exit_code == 0, found.output
    first, second, end = out.read_text().split("\n\n")
    assert end == ""
    assert first == "Ann\tB-NAME\nlee\tI-NAME"
    assert second.splitlines()[0] == "see\tO"
    assert second.splitlines()[1].startswith("the\t")


def test_the_output_is_a_file_of_tagged_sentences(tmp_path):
    used = apply.Trained(run())
    rows = apply.rows_of(used, None)
    assert apply.write_lines(tmp_path / "out.txt", used, split=rows) == len(rows)
    sentences = [(n.split(), None) for n in rows.names]
    words = [line.split("\t")[0] for line in (tmp_path / "out.txt").read_text().splitlines()]
    expected = [w for n, _ in sentences for w in (*n, "")]
    assert words == expected
    assert conll([(["ann"], ["B-NAME"])]) == "ann\tB-NAME\n"
