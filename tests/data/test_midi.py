"""MIDI files, read again by music21."""

import music21
import pytest

from harmonium.data.midi import midi
from harmonium.data.notes import Note

NOTES = [Note(0, 0, 3, 72), Note(0, 4, 1, 74), Note(1, 1, 4, 48)]


def read(content):
    file = music21.midi.MidiFile()
    file.readstr(content)
    return music21.midi.translate.midiFileToStream(file)


def test_the_notes_come_back():
    found = [
        [
            (float(note.offset), float(note.quarterLength), note.pitch.midi)
            for note in part.flatten().notes
        ]
        for part in read(midi(NOTES, step=0.5)).parts
    ]
    assert found == [[(0.0, 1.5, 72), (2.0, 0.5, 74)], [(0.5, 2.0, 48)]]


def test_silence_is_refused():
    with pytest.raises(ValueError, match="no notes"):
        midi([], step=1.0)
