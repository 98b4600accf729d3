"""Notes by name, and music as symbols: one for each voice and step of time."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "HELD",
    "REST",
    "STEP",
    "Note",
    "is_music",
    "name_of",
    "notes_of_roll",
    "notes_of_steps",
    "number_of",
    "numbers_of",
    "steps_of",
    "symbols_of",
]

HELD, REST, STEP = "-", "R", "|"
"""Symbols of a note (or rest) that goes on, of a rest, and of the end of a step of all voices."""

GOES_ON, SILENT = 0, -1
"""What stands in arrays of steps for the first two; any other value is the number of a note."""

_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NOTE = re.compile(r"([A-G])(#|b)?(-1|\d)")
_PAUSE = 4
"""Steps of silence between two pieces."""


@dataclass(frozen=True)
class Note:
    """A note of a piece; times are in steps.

    Args:
        voice: from 0, the highest.
        start: step at which it begins.
        length: steps that it lasts.
        number: of the MIDI standard, 60 for the middle C.
    """

    voice: int
    start: int
    length: int
    number: int


def name_of(number: int) -> str:
    """Name of a note by its number in the MIDI standard.

    >>> name_of(60), name_of(70)
    ('C4', 'Bb4')
    """
    return f"{_NAMES[number % 12]}{number // 12 - 1}"


def number_of(name: str) -> int | None:
    """Number of a note by its name; None for other words.

    >>> number_of("C4"), number_of("A#4"), number_of("H")
    (60, 70, None)
    """
    found = _NOTE.fullmatch(name)
    if found is None:
        return None
    step, sign, octave = found.groups()
    return 12 * (int(octave) + 1) + _STEPS[step] + {"#": 1, "b": -1}.get(sign, 0)


def numbers_of(names: Iterable[str]) -> tuple[int, ...] | None:
    """Numbers of notes by their names; None if one of them is no note.

    >>> numbers_of(["C4", "E4"]), numbers_of(["C4", "temperature"])
    ((60, 64), None)
    """
    found = tuple(number_of(name) for name in names)
    return None if None in found else tuple(k for k in found if k is not None)


def is_music(symbols: Iterable[str]) -> bool:
    """Whether these symbols write music: notes, and perhaps what stands for time and silence.

    >>> is_music(["C4", "-", "|"]), is_music(["C4", "a"]), is_music(["-"])
    (True, False, False)
    """
    rest = set(symbols) - {HELD, REST, STEP, "\n"}
    return bool(rest) and numbers_of(rest) is not None


def symbols_of(steps: NDArray[np.int64]) -> str:
    """Writes steps ``(T, voices)``: numbers of notes, 0 for one that goes on, -1 for a rest.

    A single voice has no ends of steps.

    >>> print(symbols_of(np.array([[72, 64], [0, 65]])))
    C5 E4 | - F4 |
    """
    signs = {GOES_ON: HELD, SILENT: REST}
    end = [STEP] if steps.shape[1] > 1 else []
    lines = [[signs.get(k) or name_of(k) for k in step] + end for step in steps.tolist()]
    return " ".join(itertools.chain.from_iterable(lines))


def steps_of(symbols: Sequence[str]) -> NDArray[np.int64]:
    r"""Steps ``(T, voices)`` of music in symbols; a voice that a step does not mention goes on.

    Pieces, which ends of lines divide, follow each other after a pause. Notes that begin in an
    unfinished last step count.

    >>> steps_of("C5 E4 | - F4 | D5".split()).tolist()
    [[72, 64], [0, 65], [74, 0]]
    """
    pieces = [_piece(list(part)) for end, part in _between(symbols, "\n") if not end]
    voices = max((len(step) for piece in pieces for step in piece), default=1)
    pause = [[SILENT] * voices for _ in range(_PAUSE)]
    rows: list[list[int]] = []
    for piece in pieces:
        rows += pause if rows else []
        rows += [step + [GOES_ON] * (voices - len(step)) for step in piece]
    return np.array(rows, dtype=np.int64).reshape(-1, voices)


def _piece(symbols: Sequence[str]) -> list[list[int]]:
    signs = {HELD: GOES_ON, REST: SILENT}
    if STEP not in symbols:
        return [[signs.get(s, number_of(s) or SILENT)] for s in symbols]
    steps = [[*part] for end, part in _between(symbols, STEP) if not end]
    return [[signs.get(s, number_of(s) or SILENT) for s in step] for step in steps]


def _between(symbols: Sequence[str], end: str) -> Iterable[tuple[bool, Iterable[str]]]:
    return itertools.groupby(symbols, lambda symbol: symbol == end)


def notes_of_steps(steps: NDArray[np.int64]) -> list[Note]:
    """Notes of steps ``(T, voices)``, voice by voice.

    >>> notes_of_steps(np.array([[72], [0], [-1], [74]]))
    [Note(voice=0, start=0, length=2, number=72), Note(voice=0, start=3, length=1, number=74)]
    """
    notes = []
    for voice, column in enumerate(steps.T):
        begins = np.flatnonzero(column != GOES_ON)
        ends = np.append(begins, len(column))[1:]
        notes += [
            Note(voice, int(a), int(b - a), int(column[a]))
            for a, b in zip(begins, ends, strict=True)
            if column[a] > 0
        ]
    return notes


def notes_of_roll(roll: NDArray[np.bool_], numbers: Sequence[int]) -> list[Note]:
    """Notes of a piano roll ``(T, notes)``, which says what sounds at each step.

    A note that sounds at successive steps lasts, because a roll does not say where it is struck.
    All are of voice 0.

    >>> notes_of_roll(np.array([[1, 0], [1, 1]], dtype=bool), (60, 64))
    [Note(voice=0, start=0, length=2, number=60), Note(voice=0, start=1, length=1, number=64)]
    """
    padded = np.pad(np.asarray(roll, dtype=np.int8), ((1, 1), (0, 0)))
    change = np.diff(padded, axis=0).T  # note by note
    (which, starts), (_, ends) = np.nonzero(change == 1), np.nonzero(change == -1)
    places = zip(which.tolist(), starts.tolist(), ends.tolist(), strict=True)
    return [Note(0, a, b - a, numbers[k]) for k, a, b in places]
