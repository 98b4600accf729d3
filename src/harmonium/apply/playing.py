"""Music that a run's model makes, as MIDI files."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.apply.trained import Trained
from harmonium.data import Series, Tokens
from harmonium.data.midi import midi
from harmonium.data.notes import (
    STEP,
    Note,
    is_music,
    notes_of_roll,
    notes_of_steps,
    number_of,
    numbers_of,
    steps_of,
)
from harmonium.data.vocabulary import Vocabulary, parts_of
from harmonium.errors import UsageError
from harmonium.random import generator

__all__ = ["continued_roll", "midi_of_texts"]

_QUARTERS = {"sixteenth": 0.25, "eighth": 0.5, "quarter": 1.0}
_PAUSE = 4
"""Steps of silence between two pieces."""

_GIVEN = 4
"""Frames of a test series that are continued without a prompt."""


def midi_of_texts(trained: Trained, texts: Sequence[str]) -> bytes:
    """The MIDI file of texts in the symbols of music, one after the other.

    Args:
        trained: of a run whose model continues music.
        texts: such as ``continuations`` gives.

    Raises:
        ValueError: the symbols of the model are not those of music, or nothing sounds.
    """
    vocabulary: Vocabulary = trained.able("continues").vocabulary
    if vocabulary.unit != "symbols" or not is_music(vocabulary.symbols):
        raise UsageError(
            f"the model continues {vocabulary.unit} that are no notes: name a .txt file, or print "
            "the text"
        )
    steps = steps_of(parts_of("\n".join(texts), "symbols"))
    return midi(notes_of_steps(steps), step=_step(trained, "eighth"))


def continued_roll(
    trained: Trained, prompt: str | None = None, *, n: int = 1, length: int = 48, seed: int = 0
) -> bytes:
    """The MIDI file of piano rolls that a model of series draws, one after the other.

    Args:
        trained: of a run that learned from piano rolls.
        prompt: notes of the first frames, between which "|" stands, as in "C3 G3 E4 C5 | C3 A4";
            None: the beginning of the first test series.
        n: number of draws.
        length: number of frames to draw.
        seed: of the draws.

    Raises:
        ValueError: no model of the run continues series, the channels of its data are no notes,
            the prompt has another word or no notes, or it is too short for the model.
    """
    model = trained.able("forecasts")
    data = trained.dataset()
    kind = data.columns["x"]
    channels = kind.channels if isinstance(kind, Series) else 0
    numbers = None if isinstance(channels, int) else numbers_of(channels)
    if isinstance(kind, Tokens) or numbers is None:
        raise UsageError(f"{data.name}: its channels are no notes, and only music is written")
    if prompt is None:
        rows = data.train if data.test is None else data.test
        start = rows.batch(slice(0, 1))["x"][0, : max(_GIVEN, model.lags + 1)]
    else:
        start = _frames(prompt, numbers)
    start = start.to(trained.like)
    drawn = model.continued(
        {"x": start.expand(n, -1, -1)}, length, source=generator(seed, model.device)
    )
    notes: list[Note] = []
    for k, frames in enumerate(drawn):
        roll = torch.cat([start, frames]).cpu().numpy() > 0.5
        notes += _later(roll, numbers, by=k * (len(roll) + _PAUSE))
    return midi(notes, step=_step(trained, "quarter"))


def _later(roll: NDArray[np.bool_], numbers: Sequence[int], *, by: int) -> list[Note]:
    found = notes_of_roll(roll, numbers)
    return [Note(note.voice, note.start + by, note.length, note.number) for note in found]


def _frames(prompt: str, numbers: Sequence[int]) -> torch.Tensor:
    """Frames ``(T, notes)`` of a prompt."""
    frames = []
    for chord in prompt.strip().strip(STEP).split(STEP):
        frame = torch.zeros(len(numbers), dtype=torch.float32)
        for name in chord.split():
            number = number_of(name)
            if number not in numbers:
                raise UsageError(
                    f"the prompt: {name!r} is no note of the model: give names such as C4, F#4 "
                    "and Bb3, and | between frames"
                )
            frame[numbers.index(number)] = 1
        frames.append(frame)
    if not any(frame.any() for frame in frames):
        raise UsageError("the prompt has no notes: give at least one, such as C4")
    return torch.stack(frames)


def _step(trained: Trained, usual: str) -> float:
    """Length of a step in quarter notes, by the setting ``step`` of the source."""
    settings = getattr(trained.recipe.data.source, "settings", {})
    return _QUARTERS.get(str(settings.get("step", usual)), _QUARTERS[usual])
