"""Bach's four-part chorales, from the corpus of the package music21."""

from __future__ import annotations

import importlib.metadata
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.bounds import Count
from harmonium.catalogue.find import cached
from harmonium.data.characters import stream_set
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Kind, Numbers, Series
from harmonium.data.notes import GOES_ON, HELD, REST, SILENT, STEP, name_of, symbols_of
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import write_whole

__all__ = ["Chorale", "Step", "Voice", "chorale_notes", "chorales"]

Step = Literal["sixteenth", "eighth", "quarter"]
"""Length of a step of time."""

Voice = Literal["soprano", "alto", "tenor", "bass"]

_VOICES = ("soprano", "alto", "tenor", "bass")
_SIXTEENTHS: dict[str, int] = {"sixteenth": 1, "eighth": 2, "quarter": 4}
_LOWEST, _HIGHEST = 31, 84
"""Notes that are written: from G1 to C6, all that the transposed chorales need."""

_NOTES = tuple(name_of(k) for k in range(_LOWEST, _HIGHEST + 1))

_TEST = 5
"""Every fifth chorale is for the test."""

_FORM = 1
"""Of the file of what was read; another number makes older files invalid."""


@dataclass(frozen=True)
class Chorale:
    """One chorale.

    Args:
        name: of the work, such as "bwv269".
        steps: at each sixteenth and of each voice, ``(T, 4)``: the number of a note that begins,
            0 for one that goes on, -1 for a rest.
        tonic: of its key, 0 for C.
        minor: whether its key is a minor one.
    """

    name: str
    steps: NDArray[np.int64]
    tonic: int
    minor: bool

    def transposed(self) -> Chorale:
        """In C major or A minor, by the smallest shift; 6 semitones go down."""
        tonic = 9 if self.minor else 0
        shift = (tonic - self.tonic + 6) % 12 - 6
        moved = np.where(self.steps > 0, self.steps + shift, self.steps)
        return Chorale(self.name, moved, tonic, self.minor)

    def sampled(self, step: Step) -> NDArray[np.int64]:
        """Steps of another length: what sounds at their beginnings, ``(T', 4)``.

        A note begins at a step if it was struck after the beginning of the step before.
        """
        size = _SIXTEENTHS[step]
        place = np.arange(len(self.steps))[:, None]
        last = np.maximum.accumulate(np.where(self.steps != GOES_ON, place, 0))
        at = np.arange(0, len(self.steps), size)
        struck = last[at] > np.concatenate([[[-1] * 4], at[:-1, None].repeat(4, 1)])
        sounds = np.take_along_axis(self.steps, last[at], 0)
        return np.where(struck, sounds, GOES_ON)


def chorales(
    step: Step = "quarter", *, transpose: bool = True, count: Count | None = None
) -> DataSet:
    """Bach's chorales as piano rolls: series of frames that say which of 54 notes sound.

    The 344 chorales of Riemenschneider's edition that music21 holds as four voices and that
    differ at some quarter; every fifth is for the test. A frame has a 0 or 1 for each note from
    G1 to C6.

    Args:
        step: Time between frames.
        transpose: Whether chorales are moved to C major or A minor.
        count: Number of chorales, the first ones; null for all. Reading all takes a minute, once.

    Raises:
        ImportError: music21 is not installed; the message has the pip command.
        ValueError: music21 lacks its corpus.
    """
    parts = _parts(transpose=transpose, count=count)
    rolls = {part: [_roll(c.sampled(step)) for c in some] for part, some in parts.items()}
    longest = max(len(roll) for some in rolls.values() for roll in some)
    splits: dict[str, Any] = {
        part: _examples(some, longest=longest, names=[c.name for c in parts[part]])
        for part, some in rolls.items()
    }
    columns: dict[str, Kind] = {"x": Series(_NOTES, longest), "length": Numbers(())}
    return DataSet("chorales", **splits, columns=columns)


def chorale_notes(
    step: Step = "eighth",
    *,
    voices: Sequence[Voice] = ("soprano", "alto", "tenor", "bass"),
    transpose: bool = True,
    length: Count = 100,
    count: Count | None = None,
) -> DataSet:
    r"""Bach's chorales as a stream of symbols: "C5 G4 E4 C3 | - F4 - - | ...".

    At each step of time there is a symbol for each voice: the name of a note that begins, "-" for
    one that goes on, or "R" for a rest; "|" ends the step, if there are several voices. An end of
    line ends a chorale. Every fifth chorale is for the test.

    Args:
        step: Length of a step.
        voices: Those that are written, the first one first; one is a melody.
        transpose: Whether chorales are moved to C major or A minor.
        length: Symbols of a row, through which gradients flow back.
        count: Number of chorales, the first ones; null for all. Reading all takes a minute, once.

    Raises:
        ImportError: music21 is not installed; the message has the pip command.
        ValueError: no voices are named, or music21 lacks its corpus.
    """
    if not voices:
        raise DataError("voices is empty: name at least one")
    columns = [_VOICES.index(voice) for voice in voices]
    texts = {
        part: "".join(f"{symbols_of(c.sampled(step)[:, columns])}\n" for c in some)
        for part, some in _parts(transpose=transpose, count=count).items()
    }
    known = Vocabulary(("\n", STEP, HELD, REST, *_NOTES), "symbols")
    return stream_set("chorale_notes", texts, length=length, unit="symbols", known=known)


def _parts(*, transpose: bool, count: int | None) -> dict[str, list[Chorale]]:
    """The chorales of the two splits."""
    every = _read(count)
    beats = [_roll(c.transposed().sampled("quarter")).numpy().tobytes() for c in every]
    first = {beat: k for k, beat in reversed([*enumerate(beats)])}
    found = [every[k] for k in sorted(first.values())]  # each music once
    if len(found) < _TEST:
        raise DataError(f"{len(found)} chorales: at least {_TEST} are needed, one to test")
    some = [c.transposed() for c in found] if transpose else found
    test = some[_TEST - 1 :: _TEST]
    return {"train": [c for k, c in enumerate(some) if (k + 1) % _TEST], "test": test}


def _roll(steps: NDArray[np.int64]) -> torch.Tensor:
    """What sounds at each step, ``(T, notes)``."""
    place = np.arange(len(steps))[:, None]
    last = np.maximum.accumulate(np.where(steps != GOES_ON, place, 0))
    sounds = np.take_along_axis(steps, last, 0)
    numbers = np.arange(_LOWEST, _HIGHEST + 1)
    return torch.from_numpy((sounds[:, :, None] == numbers).any(1)).float()


def _examples(rolls: list[torch.Tensor], *, longest: int, names: list[str]) -> Examples:
    x = torch.zeros(len(rolls), longest, rolls[0].shape[1], dtype=torch.float32)
    for k, roll in enumerate(rolls):
        x[k, : len(roll)] = roll
    lengths = torch.tensor([float(len(roll)) for roll in rolls])
    return Examples({"x": x.flatten(1), "length": lengths}, names=tuple(names))


# --- reading -----------------------------------------------------------------------------------


def _read(count: int | None) -> list[Chorale]:
    """The first chorales, from the file of what was read before, or from music21's corpus."""
    need("music21", "the chorales are in the corpus of")
    version = importlib.metadata.version("music21")
    whole = cached("chorales") / f"music21-{version}-{_FORM}.npz"
    part = whole if count is None else whole.with_stem(f"{whole.stem}-first-{count}")
    for path in (whole, part):
        if (found := _kept(path)) is not None:
            return found[:count]
    found = [*_of_corpus(count)]
    with suppress(OSError):  # then it is read again another time
        part.parent.mkdir(parents=True, exist_ok=True)
        write_whole(part, _packed(found))
    return found


def _kept(path: Path) -> list[Chorale] | None:
    """What an earlier call wrote; None if there is nothing, or nothing that can be read."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            names, tonics, minors = held["names"], held["tonics"], held["minors"]
            steps = np.split(held["steps"].astype(np.int64), held["ends"][:-1])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    rows = zip(names.tolist(), steps, tonics.tolist(), minors.tolist(), strict=True)
    return [Chorale(*row) for row in rows]


def _packed(found: list[Chorale]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(
        file,
        names=np.array([c.name for c in found]),
        tonics=np.array([c.tonic for c in found]),
        minors=np.array([c.minor for c in found]),
        steps=np.concatenate([c.steps for c in found]).astype(np.int8),
        ends=np.cumsum([len(c.steps) for c in found]),
    )
    return file.getvalue()


def _of_corpus(count: int | None) -> Iterator[Chorale]:
    """Reads the chorales of Riemenschneider's edition in its order, each work once."""
    corpus = need("music21").corpus
    works = dict.fromkeys(corpus.chorales.Iterator(returnType="filename"))
    if not works:
        raise DataError("music21 is here without its corpus: install the package from PyPI")
    made = 0
    for work in works:
        if made == count:
            return
        score = corpus.parse(work)
        parts = {part.id.lower(): part for part in score.parts}
        if not set(_VOICES) <= set(parts):
            continue  # five are written otherwise
        key = score.analyze("key")
        steps = _steps([parts[voice] for voice in _VOICES])
        made += 1
        name = Path(work).name
        yield Chorale(name, steps, int(key.tonic.pitchClass), key.mode == "minor")


def _steps(parts: Sequence[Any]) -> NDArray[np.int64]:
    """Notes of the voices at sixteenths, ``(T, 4)``; shorter ones are moved to the nearest."""
    voices = [part.flatten().notesAndRests.stream() for part in parts]
    length = max(round(4 * float(voice.highestTime)) for voice in voices)
    steps = np.zeros((length, len(voices)), dtype=np.int64)
    for k, voice in enumerate(voices):
        steps[0, k] = SILENT  # until the first note
        for sound in voice:
            at = round(4 * float(sound.offset))
            tied = sound.tie is not None and sound.tie.type != "start"
            if at < length and not tied and not sound.duration.isGrace:
                steps[at, k] = _number(sound)
        ends = round(4 * float(voice.highestTime))
        if ends < length:
            steps[ends, k] = SILENT
    return steps


def _number(sound: Any) -> int:  # noqa: ANN401
    """Number of a note, of the highest note of a chord, or -1 for a rest."""
    if sound.isRest:
        return SILENT
    return int(max(pitch.midi for pitch in sound.pitches))
