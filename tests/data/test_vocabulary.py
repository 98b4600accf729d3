"""Vocabularies: texts to indices and back, unknown symbols in words."""

import pytest
import torch

from harmonium.data.vocabulary import UNKNOWN, Vocabulary, parts_of
from harmonium.errors import DataError

TEXT = 'He said: "It\'s late (very late)."\nShe left.'


def test_characters_come_back():
    known = Vocabulary.of(TEXT)
    assert known.symbols == tuple(sorted(set(TEXT)))
    assert known.decode(known.encode(TEXT)) == TEXT
    assert known.decode(torch.tensor([[0, -1], [1, -1]])) == "".join(known.symbols[:2])


def test_words_come_back_with_spaces_where_they_are_usual():
    known = Vocabulary.of("To be, or not to be.\nAnd so on!", unit="words")
    assert known.decode(known.encode("To be, or not to be.\nAnd so on!")) == (
        "To be, or not to be.\nAnd so on!"
    )
    assert parts_of("O'er the hill-top", "words") == ["O'er", "the", "hill", "-", "top"]


def test_rare_words_become_one_symbol():
    known = Vocabulary.of("a a a b b c", unit="words", size=3)
    assert known.symbols == (UNKNOWN, "a", "b")
    assert known.encode("c a zebra").tolist() == [0, 1, 0]
    wide = Vocabulary.of("a a b", unit="words", size=100)
    assert wide.symbols == (UNKNOWN, "a", "b")
    assert wide.encode("zebra b").tolist() == [0, 2]


def test_unknown_characters_are_named_with_their_place():
    known = Vocabulary.of("abc")
    with pytest.raises(DataError, match=r"the prompt: 'x' at place 1 .*and so is 'y'"):
        known.encode("axby", name="the prompt")
    with pytest.raises(DataError, match=r"and 6 others"):
        known.encode("1234567")
    with pytest.raises(DataError, match="'z' at place 1 .* 2 words that are known"):
        Vocabulary.of("to be", unit="words").encode("to z")


def test_what_is_no_vocabulary():
    with pytest.raises(DataError, match="without symbols"):
        Vocabulary(())
    with pytest.raises(DataError, match="'a' twice"):
        Vocabulary(("a", "b", "a"))


def test_a_text_begins_with_a_line_or_the_first_symbol_that_is_known():
    assert Vocabulary.of("a\nb").beginning == "\n"
    assert Vocabulary.of("ba").beginning == "a"
    assert Vocabulary.of("to be", unit="words", size=9).beginning == "be"
    assert Vocabulary((UNKNOWN,), "words").beginning == UNKNOWN


def test_symbols_stand_between_spaces():
    text = "F#4 - |\nC4 R |\n"
    known = Vocabulary.of(text, unit="symbols")
    assert known.symbols == ("\n", "|", "-", "C4", "F#4", "R")
    assert known.decode(known.encode(text)) == text
    with pytest.raises(DataError, match="'G4' at place 1 .* 6 symbols that are known"):
        known.encode("C4 G4")
