"""Writes notes as a MIDI file."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from harmonium.data.notes import Note
from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["midi"]

_TEMPO = 80
"""Quarter notes a minute."""


def midi(notes: Sequence[Note], *, step: float) -> bytes:
    """The bytes of a MIDI file with a track for each voice.

    Args:
        notes: of a piece, at least one.
        step: length of a step in quarter notes.

    Raises:
        ImportError: music21 is not installed; the message has the pip command.
        ValueError: there are no notes.
    """
    if not notes:
        raise UsageError("no notes in it: nothing sounds: draw more, or give another seed")
    music = need("music21", "MIDI files are written by")
    score = music.stream.Score()
    for voice in sorted({note.voice for note in notes}):
        part = music.stream.Part()
        part.insert(0, music.tempo.MetronomeMark(number=_TEMPO))
        for note in notes:
            if note.voice == voice:
                sound = music.note.Note(note.number, quarterLength=step * note.length)
                part.insert(step * note.start, sound)
        score.insert(0, part)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of music21 about itself
        written: bytes = music.midi.translate.streamToMidiFile(score).writestr()
    return written
