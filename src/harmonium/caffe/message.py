"""A message of a Caffe file: fields by name, each with the place where it stands."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from harmonium.errors import DataError

__all__ = ["Field", "Message"]


@dataclass(frozen=True)
class Field:
    """A value of a message.

    Args:
        value: a number, text, a ``Message``, or an array of numbers.
        line: of a text file, from 1; 0 in a binary file.
    """

    value: Any
    line: int = 0


@dataclass
class Message:
    """Fields by name; a field may occur several times.

    Args:
        file: name of the file, for errors.
        line: of a text file, from 1; 0 in a binary file.
    """

    file: str
    line: int = 0
    fields: dict[str, list[Field]] = field(default_factory=dict)

    def add(self, name: str, value: Any, *, line: int = 0) -> None:  # noqa: ANN401
        """Appends a value of a field."""
        self.fields.setdefault(name, []).append(Field(value, line))

    def refuse(self, what: str, *, name: str | None = None) -> NoReturn:
        """Raises DataError with the place of the message, or of a field."""
        line = self.fields[name][-1].line if name in self.fields else self.line
        place = f"{self.file}:{line}" if line else self.file
        raise DataError(f"{place}: {what}")

    def known(self, names: Iterable[str], *, where: str) -> None:
        """Raises DataError if a field has another name than these."""
        there = set(names)
        for name in self.fields:
            if name not in there:
                near = difflib.get_close_matches(name, there, n=1)
                hint = f", did you mean {near[0]!r}?" if near else ""
                self.refuse(f"{where} has no field {name!r}{hint}", name=name)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    # --- values of a type ----------------------------------------------------------------------

    def number(self, name: str, default: float) -> float:
        """The last value of a field, as a number."""
        values = self.numbers(name)
        return values[-1] if values else default

    def numbers(self, name: str) -> list[float]:
        """All values of a field, as numbers."""
        found = [f.value for f in self.fields.get(name, ())]
        for value in found:
            if isinstance(value, bool) or not isinstance(value, int | float):
                self.refuse(f"{name} is {_shown(value)}: a number is needed", name=name)
        return found

    def whole(self, name: str, default: int) -> int:
        """The last value of a field, as a whole number."""
        values = self.wholes(name)
        return values[-1] if values else default

    def wholes(self, name: str) -> list[int]:
        """All values of a field, as whole numbers from 0 up to 2^31."""
        found = self.numbers(name)
        for value in found:
            if value != value or value in (float("inf"), -float("inf")) or value != int(value):
                self.refuse(f"{name} is {value}: a whole number is needed", name=name)
            if not -(2**31) <= value < 2**31:
                self.refuse(f"{name} is {int(value)}: it does not fit 32 bits", name=name)
        return [int(value) for value in found]

    def flag(self, name: str, *, default: bool) -> bool:
        """The last value of a field, as true or false."""
        if name not in self.fields:
            return default
        value = self.fields[name][-1].value
        known = {"true": True, "false": False, "t": True, "f": False, 1: True, 0: False}
        if isinstance(value, float) or value not in known:
            self.refuse(f"{name} is {_shown(value)}: true or false is needed", name=name)
        return known[value]

    def text(self, name: str, default: str = "") -> str:
        """The last value of a field, as text."""
        values = self.texts(name)
        return values[-1] if values else default

    def texts(self, name: str) -> list[str]:
        """All values of a field, as text."""
        found = [f.value for f in self.fields.get(name, ())]
        for value in found:
            if not isinstance(value, str):
                self.refuse(f"{name} is {_shown(value)}: text is needed", name=name)
        return found

    def choice(self, name: str, names: tuple[str, ...]) -> str:
        """The last value of a field, one of these names; in a binary file its number.

        Without the field, the first name.
        """
        if name not in self.fields:
            return names[0]
        value = self.fields[name][-1].value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
            return names[value]
        if value not in names:
            self.refuse(f"{name} is {_shown(value)}; there are {', '.join(names)}", name=name)
        return str(value)

    def message(self, name: str) -> "Message":
        """The last value of a field, as a message; an empty one without the field."""
        values = self.messages(name)
        return values[-1] if values else Message(self.file, self.line)

    def messages(self, name: str) -> list["Message"]:
        """All values of a field, as messages."""
        found = [f.value for f in self.fields.get(name, ())]
        for value in found:
            if not isinstance(value, Message):
                self.refuse(f"{name} is {_shown(value)}: braces are needed, {{ }}", name=name)
        return found


def _shown(value: object) -> str:
    return "a message" if isinstance(value, Message) else repr(value)[:60]
