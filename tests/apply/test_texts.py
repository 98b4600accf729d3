"""Lines of text for a run that writes sequences."""

import numpy as np
import pytest
from typer.testing import CliRunner

from harmonium import apply
from harmonium.cli.app import app
from harmonium.errors import DataError, UsageError
from tests.apply import texts
from tests.apply.sequences import WORDS, run


def test_lines_are_read_and_written(tmp_path):
    (tmp_path / "in.txt").write_text("ab\nbabb\tleft out\n")
    made = run()
    rows = apply.rows_of(apply.Trained(made), tmp_path / "in.txt")
    assert rows.names == ("ab", "babb")
    assert apply.written(apply.Trained(made), rows) == ["AB", "BABB"]
    out = tmp_path / "out.txt"
    call = ["predict", str(made.path), "-i", str(tmp_path / "in.txt"), "-o", str(out)]
    found = CliRunner().invoke(app, call)
    assert found.exit_code == 0, found.output
    assert out.read_text() == "AB\nBABB\n"


def test_a_table_has_the_texts_and_the_outputs(tmp_path):
    used = apply.Trained(run())
    rows = apply.rows_of(used, None)
    columns, chunks = apply.predictions(used, rows)
    assert columns.rows == len(rows) == 36
    (chunk,) = chunks
    assert set(chunk["name"]) <= set(WORDS)
    assert chunk["output"].tolist() == [text.upper() for text in chunk["name"]]
    assert chunk["output"].dtype.kind == "U"  # no file needs pickle
    assert isinstance(chunk["output"], np.ndarray)


def test_what_it_does_not_know_is_refused(tmp_path):
    used = apply.Trained(run())
    (tmp_path / "in.txt").write_text("ab\nax\n")
    with pytest.raises(DataError, match=r"in.txt, line 2: 'x' at place 1 \(from 0\) is not among"):
        apply.rows_of(used, tmp_path / "in.txt")
    (tmp_path / "in.txt").write_text("ab\n\nb\n")
    with pytest.raises(UsageError, match=r"in.txt, line 2: nothing to read"):
        apply.rows_of(used, tmp_path / "in.txt")
    with pytest.raises(UsageError, match="no model of this run writes a sequence"):
        apply.written(apply.Trained(texts.run()), None)
