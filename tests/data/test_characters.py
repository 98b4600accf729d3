"""Text files as streams."""

import pytest
import torch

from harmonium.data import Tokens, characters, inspect, validation, words
from harmonium.data.characters import stream_set, windows
from harmonium.errors import DataError

TEXT = "The cat sat on the mat. " * 20


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cats.txt"
    path.write_text(TEXT)
    return path


def test_the_whole_text_is_in_the_rows(file):
    data = characters(file, 0.25, length=7)
    assert data.name == "cats"
    kind = data.columns["x"]
    text = kind.text(data.train.x) + kind.text(data.test.x)
    assert text == TEXT
    assert len(kind.text(data.test.x)) == round(0.25 * len(TEXT))
    assert inspect(data) == []


def test_a_test_text_of_its_own(file, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("the cat")
    assert characters(file, other).test.x[0, :7].tolist() == (
        characters(file).vocabulary.encode("the cat").tolist()
    )
    other.write_text("the dog")
    with pytest.raises(DataError, match="cats, test: 'd' at place 4"):
        characters(file, other)
    assert characters(file, None).test is None
    assert characters(file, 0).test is None


def test_words_of_a_file(file):
    data = words(file, None, length=4, size=5)
    assert len(data.vocabulary) == 5
    assert data.vocabulary.symbols[0] == "<unknown>"
    assert data.columns["x"].text(data.train.x[:1]) == "The cat <unknown> <unknown> <unknown>"


def test_validation_rows_are_the_end_of_the_training_text(file):
    data = validation(characters(file, None, length=6), 0.2)
    kind = data.columns["x"]
    assert isinstance(kind, Tokens)
    whole = torch.cat([data.train.x, data.validation.x])
    assert kind.text(whole) == TEXT
    with pytest.raises(DataError, match="leaves a part empty"):
        validation(stream_set("a", {"train": "abc"}, length=2), 0.5)


def test_windows_have_every_symbol_once_as_a_target():
    rows = windows(torch.arange(23), 5)
    targets = rows[:, 1:].flatten()
    assert targets[targets >= 0].tolist() == list(range(1, 23))
    assert torch.equal(rows[1:, 0], rows[:-1, -1])


def test_a_text_of_one_symbol_is_refused():
    with pytest.raises(DataError, match="toy, train: 1 characters of text"):
        stream_set("toy", {"train": "a"}, length=3)
    with pytest.raises(DataError, match="toy, train: 1 words of text"):
        stream_set("toy", {"train": "hello "}, length=3, unit="words")


def test_a_test_text_may_have_new_words(file, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("the dog")
    data = words(file, other)
    assert data.columns["x"].text(data.test.x) == "the <unknown>"
    with pytest.raises(DataError, match="'dog' at place 1"):
        words(file, other, size=None)


def test_a_share_of_words_cuts_no_word(tmp_path):
    path = tmp_path / "cats.txt"
    path.write_text("one two three four fivesixseven eight")
    data = words(path, 0.3, size=20)
    kind = data.columns["x"]
    assert kind.text(data.train.x) == "one two three four"
    assert data.test.x.tolist()[0][:2] == [0, 0]  # both words are new, none is half a word
    whole = tmp_path / "long.txt"
    whole.write_text("a-b-c-d-e-f-g-h-i-j-k-l")
    assert words(whole, 0.3, size=50).columns["x"].text(words(whole, 0.3, size=50).test.x)
