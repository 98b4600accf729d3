"""Tiny Shakespeare as it is read, and a file that is another."""

import pytest

from harmonium.data import tiny_shakespeare
from harmonium.errors import DataError


@pytest.mark.data
def test_the_usual_split():
    data = tiny_shakespeare()
    assert repr(data) == (
        "DataSet('tiny_shakespeare': 15686 train, 1743 test, each 65, 65 characters)"
    )
    kind = data.columns["x"]
    text = kind.text(data.train.x)
    assert len(text) == 1_003_854
    assert text.startswith("First Citizen:\nBefore we proceed")
    assert len(kind.text(data.test.x)) == 111_540


def test_another_file_is_refused(tmp_path):
    (tmp_path / "tinyshakespeare.txt").write_text("First Citizen:")
    with pytest.raises(DataError, match="MD5 of its text"):
        tiny_shakespeare(tmp_path)
