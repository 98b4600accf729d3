"""Chorales as they are read, sampled, transposed and kept."""

import sys

import numpy as np
import pytest
import torch
from music21 import corpus

from harmonium.data import Series, chorale_notes, chorales
from harmonium.data.chorales import Chorale, _kept, _packed, _read
from harmonium.data.notes import notes_of_steps, number_of
from harmonium.errors import DataError

FEW = 6


HERE = sys.modules["harmonium.data.chorales"]


@pytest.fixture(scope="module")
def read():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", "/nowhere")
        return _read(FEW)


@pytest.fixture
def parsed(read, tmp_path, monkeypatch):
    """Nothing is kept yet, and the corpus is what was read once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(HERE, "_of_corpus", lambda count: iter(read[:count]))


def test_the_first_one_note_by_note(read):
    """Against a walk through music21's own stream with ties stripped."""
    score = corpus.parse("bach/bwv269")
    assert read[0].name == "bwv269"
    for voice, part in enumerate(score.parts):
        expected = [
            (round(4 * note.offset), round(4 * note.quarterLength), note.pitch.midi)
            for note in part.stripTies().flatten().notes
        ]
        found = [(n.start, n.length, n.number) for n in notes_of_steps(read[0].steps[:, [voice]])]
        assert found == expected


def test_keys_go_to_c_major_or_a_minor(read):
    for chorale in read:
        moved = chorale.transposed()
        last = (moved.steps[:, 3][moved.steps[:, 3] > 0] % 12)[-1]
        assert last in ((9, 4) if chorale.minor else (0,)), chorale.name  # the bass's last note
        sounding = chorale.steps > 0
        shift = (moved.steps - chorale.steps)[sounding]
        assert len(set(shift.tolist())) == 1
        assert -6 <= int(shift[0]) <= 5
        assert np.array_equal(moved.steps[~sounding], chorale.steps[~sounding])


def test_steps_of_another_length():
    steps = np.array([[60], [0], [0], [62], [64], [0], [-1], [65]])
    four = np.repeat(steps, 4, axis=1)
    made = Chorale("toy", four, 0, minor=False)
    assert made.sampled("sixteenth")[:, 0].tolist() == steps[:, 0].tolist()
    # 62 begins and ends between two eighths; 64 is on one
    assert made.sampled("eighth")[:, 0].tolist() == [60, 0, 64, -1]
    assert made.sampled("quarter")[:, 0].tolist() == [60, 64]


@pytest.mark.usefixtures("parsed")
def test_rolls_have_what_sounds():
    data = chorales(count=FEW)
    kind = data.columns["x"]
    assert isinstance(kind, Series)
    assert (len(data.train), len(data.test)) == (5, 1)
    batch = data.train.batch(slice(0, 1))
    roll, length = batch["x"][0], int(batch["length"][0])
    assert set(roll.unique().tolist()) == {0.0, 1.0}
    assert set(roll[:length].sum(1).tolist()) <= {2.0, 3.0, 4.0}  # of four voices
    assert float(roll[length:].sum()) == 0
    first = _read(FEW)[0].transposed()
    beat = first.steps[0]
    numbers = torch.tensor([number_of(name) for name in kind.channels])
    assert sorted(numbers[roll[0] > 0].tolist()) == sorted({int(k) for k in beat})


@pytest.mark.usefixtures("parsed")
def test_notes_are_a_stream_of_voices():
    data = chorale_notes(count=FEW)
    kind = data.columns["x"]
    text = kind.text(data.test.x)
    assert text.count("\n") == 1
    steps = text.strip().split(" |")[:-1]
    assert {len(step.split()) for step in steps} == {4}
    melody = chorale_notes(count=FEW, voices=["soprano"])
    tune = melody.columns["x"].text(melody.test.x)
    assert tune.strip().split(" ") == [step.split()[0] for step in steps]
    assert "|" not in tune
    with pytest.raises(DataError, match="voices is empty"):
        chorale_notes(count=FEW, voices=[])
    with pytest.raises(DataError, match="at least 5"):
        chorale_notes(count=2)


def test_what_was_read_is_kept(tmp_path, read):
    path = tmp_path / "kept.npz"
    path.write_bytes(_packed(read))
    for a, b in zip(_kept(path), read, strict=True):
        assert np.array_equal(a.steps, b.steps)
        assert (a.name, a.tonic, a.minor) == (b.name, b.tonic, b.minor)
    path.write_bytes(path.read_bytes()[:100])
    assert _kept(path) is None
    assert _kept(tmp_path / "none.npz") is None


@pytest.mark.usefixtures("parsed")
def test_all_are_kept_and_some_are_taken_from_them(monkeypatch, read, tmp_path):
    assert len(_read(2)) == 2
    assert len([*tmp_path.glob("cache/harmonium/chorales/*-first-2.npz")]) == 1
    assert len(_read(None)) == FEW
    assert len([*tmp_path.glob("cache/harmonium/chorales/*.npz")]) == 2
    monkeypatch.setattr(HERE, "_of_corpus", lambda count: iter([]))
    for count in (2, 3):
        assert [c.name for c in _read(count)] == [c.name for c in read[:count]]


@pytest.mark.usefixtures("parsed")
def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path):
    (tmp_path / "cache").write_text("a file in the way")
    assert len(_read(None)) == FEW


@pytest.mark.slow
def test_all_of_them():
    data = chorales()
    assert (len(data.train), len(data.test)) == (276, 68)
    # every note has its place: no frame of all is without one
    for split in data.splits().values():
        batch = split.batch(slice(None))
        known = torch.arange(batch["x"].shape[1]) < batch["length"][:, None]
        assert float(batch["x"].sum(2)[known].mean()) > 3.5
