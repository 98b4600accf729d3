"""Music of runs as MIDI files, read again by music21."""

import music21
import pytest

from harmonium.apply import Trained, continuations, continued_roll, midi_of_texts
from harmonium.errors import HarmoniumError
from harmonium.sampling.picking import Pick
from tests.apply.learned import bits
from tests.apply.music import run, toy_chorales
from tests.apply.texts import run as text_run

__all__ = ["toy_chorales"]


def notes(content):
    """(track, quarter, number) of all notes of a MIDI file."""
    file = music21.midi.MidiFile()
    file.readstr(content)
    score = music21.midi.translate.midiFileToStream(file)
    return [
        (k, float(note.offset), pitch.midi)
        for k, part in enumerate(score.parts)
        for note in part.flatten().notes
        for pitch in note.pitches
    ]


def test_the_chords_that_a_net_learned_by_heart():
    used = Trained(run("notes"))
    (text,) = continuations(used, "C5 G4 E4 C3 |", length=35, pick=Pick(0))
    assert text.startswith("C5 G4 E4 C3 | C5 - - - | D5 G4 B3 G3 | D5 - - - | E5 G4 C4 C3 |")
    found = notes(midi_of_texts(used, [text]))
    soprano = [(start, number) for voice, start, number in found if voice == 0]
    assert soprano[:4] == [(0.0, 72), (0.5, 72), (1.0, 74), (1.5, 74)]
    assert sorted({voice for voice, _, _ in found}) == [0, 1, 2, 3]


@pytest.mark.usefixtures("toy_chorales")
def test_the_chords_that_a_machine_learned():
    made = continued_roll(Trained(run("rolls")), "C3 E4 G4 C5 | G3 B3 G4 D5", length=6, seed=1)
    found = notes(made)
    first = {number for _, start, number in found if start == 0}
    assert first == {48, 64, 67, 72}
    assert {number for _, start, number in found if start == 2} >= {76, 60, 48}


@pytest.mark.usefixtures("toy_chorales")
def test_without_a_prompt_a_test_series_is_continued():
    used = Trained(run("rolls"))
    one = continued_roll(used, length=3, seed=1)
    assert {number for _, start, number in notes(one) if start == 0} == {48, 64, 67, 72}
    several = notes(continued_roll(used, n=2, length=3, seed=1))
    assert max(start for _, start, _ in several) >= 11  # 7 frames and 4 of silence


@pytest.mark.usefixtures("toy_chorales")
def test_what_cannot_be_played():
    with pytest.raises(HarmoniumError, match="continues characters that are no notes"):
        midi_of_texts(Trained(text_run()), ["the fox"])
    with pytest.raises(HarmoniumError, match="predicts the next frame of a series"):
        continued_roll(Trained(bits()))
    with pytest.raises(HarmoniumError, match="'H4' is no note of the model"):
        continued_roll(Trained(run("rolls")), "C4 H4")
    with pytest.raises(HarmoniumError, match="the prompt has no notes"):
        continued_roll(Trained(run("rolls")), " | ")
    with pytest.raises(HarmoniumError, match="no notes in it"):
        midi_of_texts(Trained(run("notes")), ["- - |"])
