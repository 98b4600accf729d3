"""Music that a model continues, beside how it truly goes on, as piano rolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.piano_roll import piano_rolls
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data.notes import Note

__all__ = ["ENTRY", "section"]

_TITLE = "Music"
_GIVEN, _DRAWN, _PIECES = 16, 48, 2
"""Steps that are given and drawn, and draws that are shown."""

_AFTER = (
    "The given steps are left of the line. A model that has learned the style keeps the key, "
    "leads each voice by small steps, and ends phrases in a chord."
)


def section(evidence: Evidence) -> Section | str | None:
    """Section with a held-out piece, and what the model makes of its beginning.

    None where the data are no music: texts of other symbols than notes, or series whose channels
    are no notes.
    """
    if evidence.data is None:
        return None
    from harmonium.data import Series, Tokens
    from harmonium.data.notes import is_music, numbers_of

    kind = evidence.data.columns.get("x")
    if isinstance(kind, Tokens) and is_music(kind.vocabulary.symbols):
        return _of_symbols(evidence) if evidence.has("continues") else _NONE
    if isinstance(kind, Series) and not isinstance(kind.channels, int):
        numbers = numbers_of(kind.channels)
        if numbers is not None:
            return _of_rolls(evidence, numbers) if evidence.has("forecasts") else _NONE
    return None


_NONE = "no model of this run continues music"


def _of_symbols(evidence: Evidence) -> Section:
    from harmonium.data.notes import STEP, notes_of_steps, steps_of

    name, rows, kind = _held(evidence)
    model = evidence.able("continues")
    stream: Tensor = kind.joined(rows.x[:])
    known = model.vocabulary
    wide = STEP in [known.symbols[k] for k in stream[:100].tolist()]
    places = known.places[STEP] if wide else None

    def beginning(steps: int) -> Tensor:
        """The symbols of the first steps."""
        if places is None:
            return stream[:steps]
        ends = (stream == places).nonzero().flatten()
        return stream[: int(ends[min(steps, len(ends)) - 1]) + 1]

    def piece(tokens: list[int]) -> list[Note]:
        """Notes of the first piece in these symbols."""
        symbols = [known.symbols[k] for k in tokens]
        first = symbols[: symbols.index("\n")] if "\n" in symbols else symbols
        return notes_of_steps(steps_of(first)[: _GIVEN + _DRAWN])

    prompt, whole = beginning(_GIVEN), beginning(_GIVEN + _DRAWN)
    each = len(prompt) / _GIVEN
    drawn = model.continued(
        prompt.expand(_PIECES, -1), round(_DRAWN * each), source=evidence.source()
    )
    given = prompt.tolist()
    pieces = [piece(whole.tolist()), *(piece([*given, *row.tolist()]) for row in drawn)]
    return _section(name, pieces)


def _of_rolls(evidence: Evidence, numbers: tuple[int, ...]) -> Section:
    import torch

    from harmonium.data.notes import notes_of_roll

    name, rows, kind = _held(evidence)
    model = evidence.able("forecasts")
    row = rows.take(torch.arange(1)).to(model.device, next(model.parameters()).dtype)
    batch = row.batch(slice(None))
    length = int(batch["length"][0]) if "length" in batch else kind.length
    x = batch["x"][:, : min(length, _GIVEN + _DRAWN)]
    given = max(min(_GIVEN, x.shape[1] // 2), model.lags + 1)
    start = x[:, :given]
    with torch.no_grad():
        drawn = model.continued(
            {"x": start.expand(_PIECES, -1, -1)}, x.shape[1] - given, source=evidence.source()
        )
    made = [x[0], *(torch.cat([start[0], frames]) for frames in drawn)]
    pieces = [notes_of_roll((roll > 0.5).cpu().numpy(), numbers) for roll in made]
    return _section(name, pieces, given=given)


def _held(evidence: Evidence) -> tuple[str, Any, Any]:
    assert evidence.data is not None
    name, rows = evidence.held_out or ("training", evidence.data.train)
    return name, rows, evidence.data.columns["x"]


def _section(name: str, pieces: list[list[Note]], *, given: int = _GIVEN) -> Section:
    true, *drawn = pieces
    titles = [f"{name} piece", *(f"continued, draw {k}" for k in range(1, len(drawn) + 1))]
    steps = max((note.start + note.length for piece in pieces for note in piece), default=1)
    picture = Picture(
        piano_rolls(pieces, titles=titles, steps=steps, given=given),
        alt=f"Piano rolls of the first {name} piece with {len(true)} notes, and of "
        f"{len(drawn)} continuations of its first {given} steps",
        caption=_AFTER,
    )
    return Section(_TITLE, [picture])


ENTRY = Entry(_TITLE, section)
