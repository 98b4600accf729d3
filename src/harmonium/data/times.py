"""The times of a series: numbers or dates in steps of one size, and the gaps between them."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from harmonium.errors import DataError

__all__ = ["Times", "times_of"]

_FORMS = (
    "%Y-%m-%d",
    "%Y%m%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%Y-%m",
    "%Y/%m",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
)
"""Ways to write a date; days before months (31/12/1999 or 12/31/1999) are ambiguous."""

_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
_NEAR = 1e-6
"""Part of a step by which a number may be off."""


@dataclass(frozen=True)
class Times:
    """Times of consecutive frames in equal steps.

    Args:
        name: of the column.
        first: time of frame 0: a number, or a date.
        step: from frame to frame, in the unit.
        unit: "number", "months", "month ends" or "seconds".
        form: how dates are written (``strftime``); empty for numbers.

    >>> monthly = Times("month", datetime(1949, 11, 1), 1, unit="months", form="%Y-%m")
    >>> [monthly.text(k) for k in range(3)]
    ['1949-11', '1949-12', '1950-01']
    >>> Times("year", 1700, 1).text(309)
    '2009'
    """

    name: str
    first: float | datetime
    step: float
    unit: str = "number"
    form: str = ""

    def text(self, frame: int) -> str:
        """The time of a frame, also one after the end, as the file writes it."""
        at = self._at(frame)
        return at.strftime(self.form) if isinstance(at, datetime) else f"{at:.12g}"

    def _at(self, frame: int) -> float | datetime:
        if not isinstance(self.first, datetime):
            return self.first + frame * self.step
        if not self.unit.startswith("month"):
            return self.first + timedelta(seconds=frame * self.step)
        months = self.first.month - 1 + round(frame * self.step)
        year, month = self.first.year + months // 12, months % 12 + 1
        last = monthrange(year, month)[1]
        day = last if self.unit == "month ends" else min(self.first.day, last)
        return self.first.replace(year=year, month=month, day=day)

    def after(self, frame: int) -> Times:
        """The same times from a frame on."""
        return replace(self, first=self._at(frame))

    @property
    def words(self) -> str:
        """The step in words: "7 days"."""
        if self.unit == "number":
            return f"{self.step:g}"
        if self.unit != "seconds":
            return f"{self.step:g} month{'s' * (self.step != 1)}"
        unit, size = next((u, s) for u, s in _UNITS if self.step % s == 0 or s == 1)
        return f"{self.step / size:g} {unit}"


def times_of(
    texts: Sequence[str], name: str, *, lines: Sequence[int], where: str
) -> tuple[Times, list[int]]:
    """Reads a column of times.

    Args:
        texts: its cells.
        name: of the column.
        lines: line of each cell in the file.
        where: the file.

    Returns:
        The times, and the number of each cell's frame, from 0; a number that is left out is a gap.

    Raises:
        ValueError: a cell is no time, times do not rise, or their steps are no multiples of the
            smallest one; the message gives line, time and the one before.
    """
    values, form = _read(texts, name, lines=lines, where=where)
    dates = [v for v in values if isinstance(v, datetime)]
    if dates:
        unit = _unit(dates)
        places = [_place(date, unit, start=dates[0]) for date in dates]
    else:
        unit, places = "number", [float(v) for v in values]  # type: ignore[arg-type]
    gaps = [after - before for before, after in zip(places, places[1:], strict=False)]
    for k, gap in enumerate(gaps):
        if gap <= 0:
            raise DataError(
                f"{where}, line {lines[k + 1]}: the time {texts[k + 1]} comes after {texts[k]}: "
                "give rows in the order of their times, each time once"
            )
    step = min(gaps, default=1.0)
    frames = [0]
    for k, gap in enumerate(gaps):
        ratio = gap / step
        if abs(ratio - round(ratio)) > _NEAR * max(1.0, ratio):
            usual = Counter(gaps).most_common(1)[0][0]
            raise DataError(
                f"{where}, line {lines[k + 1]}: {texts[k + 1]} follows {texts[k]}, which is no "
                f"whole number of steps of {Times(name, values[0], step, unit, form).words} (most "
                f"are {Times(name, values[0], usual, unit, form).words}): give rows in equal "
                "steps, or leave `time` out"
            )
        frames.append(frames[-1] + round(ratio))
    return Times(name, values[0], step, unit, form), frames


def _read(
    texts: Sequence[str], name: str, *, lines: Sequence[int], where: str
) -> tuple[Sequence[float | datetime], str]:
    """The cells as dates and the way they are written, or as numbers."""
    cells = [text.strip() for text in texts]
    for form in _FORMS:
        dates = [_date(cell, form) for cell in cells]
        if None not in dates:
            return [date for date in dates if date is not None], form
    values: list[float] = []
    for cell, line in zip(cells, lines, strict=True):
        try:
            values.append(float(cell))
        except ValueError:
            raise DataError(
                f"{where}, line {line}, column {name!r}: {cell!r} is no time: give numbers, or "
                "dates such as 1999-12-31, 1999-12, 19991231 or 1999-12-31 23:59, all in one form"
            ) from None
    return values, ""


def _date(cell: str, form: str) -> datetime | None:
    if form == "%Y%m%d" and len(cell) != 8:
        return None  # a year, or a number
    try:
        return datetime.strptime(cell, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _unit(dates: Sequence[datetime]) -> str:
    """Months where all are the same time of a month, or all are last days; else seconds."""
    clocks = {(d.hour, d.minute, d.second) for d in dates}
    if len(dates) < 2 or len(clocks) > 1:
        return "seconds"
    if len({d.day for d in dates}) == 1:
        return "months"
    ends = all(d.day == monthrange(d.year, d.month)[1] for d in dates)
    return "month ends" if ends else "seconds"


def _place(date: datetime, unit: str, *, start: datetime) -> float:
    """Steps of the unit since the start."""
    if unit.startswith("month"):
        return float(12 * (date.year - start.year) + date.month - start.month)
    return (date - start).total_seconds()
