"""A line for each row, by what the model can do."""

import pytest

from harmonium import apply
from harmonium.apply.lines import write_lines
from harmonium.errors import UsageError
from tests.apply import sequences, texts


def test_sequences_are_lines(tmp_path):
    used = apply.Trained(sequences.run())
    rows = apply.rows_of(used, None)
    assert write_lines(tmp_path / "out.txt", used, split=rows) == len(rows)
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert lines == [name.upper() for name in rows.names]
    with pytest.raises(FileExistsError):
        write_lines(tmp_path / "out.txt", used, split=rows)


def test_other_models_write_no_lines(tmp_path):
    used = apply.Trained(texts.run())
    with pytest.raises(UsageError, match="no model of this run gives class probabilities of ev"):
        write_lines(tmp_path / "out.txt", used, split=apply.rows_of(used, None))
    assert not (tmp_path / "out.txt").exists()
