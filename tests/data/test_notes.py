"""Notes by name and music as symbols, against music21."""

import music21
import numpy as np
import pytest

from harmonium.data.notes import (
    Note,
    is_music,
    name_of,
    notes_of_roll,
    notes_of_steps,
    number_of,
    steps_of,
    symbols_of,
)


@pytest.mark.parametrize("number", range(128))
def test_names_and_numbers_are_those_of_music21(number):
    name = name_of(number)
    assert number_of(name) == number
    if number >= 12:  # it reads "C-1" as C flat
        assert music21.pitch.Pitch(name.replace("b", "-")).midi == number


def test_other_words_are_no_notes():
    assert [number_of(word) for word in ("C", "H4", "C##4", "c4", "", "Cb4")] == [*[None] * 5, 59]
    assert is_music(["C4", "-", "R", "|", "\n"])
    assert not is_music(["the", "C4"])
    assert not is_music(["\n", "|"])


def test_steps_come_back():
    steps = np.array([[72, 64, -1], [0, 65, 0], [0, 0, 48], [-1, 62, 0]])
    written = symbols_of(steps)
    assert written == "C5 E4 R | - F4 - | - - C3 | R D4 - |"
    assert steps_of(written.split()).tolist() == steps.tolist()
    melody = steps[:, :1]
    assert symbols_of(melody) == "C5 - - R"
    assert steps_of(symbols_of(melody).split()).tolist() == melody.tolist()


def test_pieces_are_apart():
    symbols = [*"C5 C4 | D5 - |".split(), "\n", *"E5 E4 |".split()]
    rest = [[-1, -1]] * 4
    assert steps_of(symbols).tolist() == [[72, 60], [74, 0], *rest, [76, 64]]
    assert steps_of(["\n", "\n"]).tolist() == []
    assert notes_of_steps(steps_of(["-", "-"])) == []


def test_notes_last_until_something_else_begins():
    steps = np.array([[0, 60], [72, 0], [0, 62], [-1, 62]])
    assert notes_of_steps(steps) == [
        Note(0, 1, 2, 72),
        Note(1, 0, 2, 60),
        Note(1, 2, 1, 62),
        Note(1, 3, 1, 62),
    ]


def test_a_roll_has_the_notes_that_sound():
    roll = np.zeros((4, 3), dtype=bool)
    for note in (Note(0, 0, 2, 60), Note(0, 3, 1, 60), Note(0, 1, 3, 67)):
        roll[note.start : note.start + note.length, (60, 64, 67).index(note.number)] = True
    assert notes_of_roll(roll, (60, 64, 67)) == [
        Note(0, 0, 2, 60),
        Note(0, 3, 1, 60),
        Note(0, 1, 3, 67),
    ]
