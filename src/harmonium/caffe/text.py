"""Reads prototxt, the text form of protobuf messages, with the line of every field."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from harmonium.caffe.message import Message
from harmonium.errors import DataError
from harmonium.files import regular

__all__ = ["parse_text", "read_text"]

_LARGEST = 2**24
"""Largest size of a text file, in bytes."""

_DEEPEST = 32
"""Deepest nesting of braces."""

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r\n\f\v]+|\#[^\n]*)
      | (?P<text>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')
      | (?P<number>[-+]?(?:0[xX][0-9a-fA-F]{1,16}(?![\w.])
          |(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[fF]?(?![\w.])|(?:inf|nan|infinity)(?!\w)))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<mark>[{}<>:\[\],;])""",
    re.VERBOSE,
)

_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def read_text(path: Path) -> Message:
    """Reads a .prototxt file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no prototxt; the message gives the line.
    """
    if (size := regular(path).stat().st_size) > _LARGEST:
        raise DataError(f"{path}: {size:,d} bytes; a .prototxt has at most {_LARGEST:,d}")
    return parse_text(path.read_bytes().decode("utf-8", "backslashreplace"), path.name)


def parse_text(text: str, name: str = "prototxt") -> Message:
    """Reads the text of a .prototxt file.

    Args:
        text: the content.
        name: of the file, for errors.

    Raises:
        ValueError: the text is no prototxt; the message gives the line.

    >>> net = parse_text('layer { name: "conv1"  convolution_param { kernel_size: 5 } }')
    >>> net.messages("layer")[0].message("convolution_param").whole("kernel_size", 1)
    5
    >>> parse_text("layer { name: }")
    Traceback (most recent call last):
    harmonium.errors.DataError: prototxt:1: '}' where a value was expected
    """
    return _Parser(text, name).whole()


class _Parser:
    def __init__(self, text: str, name: str) -> None:
        self.name, self.tokens = name, _tokens(text, name)
        self.token = next(self.tokens)

    def whole(self) -> Message:
        message = Message(self.name, 1)
        self._fill(message, depth=0, end=None)
        return message

    def _fill(self, message: Message, *, depth: int, end: str | None) -> None:
        if depth > _DEEPEST:
            self._refuse(f"braces are nested more than {_DEEPEST} deep")
        while self.token.kind != "end" and self.token.text != end:
            key = self._take("name", "the name of a field")
            colon = self._skip(":")
            for value in self._values(colon=colon, depth=depth):
                message.add(key.text, value, line=key.line)
            if self.token.kind == "mark" and self.token.text in ",;":
                self._next()
        if end is not None and self.token.kind == "end":
            self._refuse(f"the file ends inside braces opened in line {message.line}")

    def _values(self, *, colon: bool, depth: int) -> Iterator[Any]:
        if colon and self._skip("["):
            while not self._skip("]"):
                yield self._value(depth=depth)
                if not self._skip(",") and self.token.text != "]":
                    self._refuse(f"{self.token.text!r} in a list: a comma or ] was expected")
            return
        if not colon and self.token.text not in ("{", "<"):
            self._refuse(f"{self.token.text!r} after a field: a colon or a brace was expected")
        yield self._value(depth=depth)

    def _value(self, *, depth: int) -> Any:  # noqa: ANN401
        token = self.token
        if token.kind == "mark" and token.text in "{<":
            self._next()
            inner = Message(self.name, token.line)
            self._fill(inner, depth=depth + 1, end="}" if token.text == "{" else ">")
            self._next()
            return inner
        if token.kind == "text":
            parts = []
            while self.token.kind == "text":
                parts.append(_unescaped(self._next().text[1:-1]))
            return "".join(parts)
        if token.kind == "number":
            return _number(self._next().text)
        return self._take("name", "a value").text

    def _take(self, kind: str, what: str) -> _Token:
        if self.token.kind != kind:
            shown = "the end" if self.token.kind == "end" else repr(self.token.text[:40])
            self._refuse(f"{shown} where {what} was expected")
        return self._next()

    def _skip(self, mark: str) -> bool:
        if self.token.kind == "mark" and self.token.text == mark:
            self._next()
            return True
        return False

    def _next(self) -> _Token:
        token = self.token
        self.token = next(self.tokens)
        return token

    def _refuse(self, what: str) -> NoReturn:
        raise DataError(f"{self.name}:{self.token.line}: {what}")


def _tokens(text: str, name: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise DataError(f"{name}:{line}: {text[at : at + 20]!r} is no prototxt")
        if match.lastgroup != "skip":
            yield _Token(str(match.lastgroup), match[0], line)
        line += match[0].count("\n")
        at = match.end()
    while True:
        yield _Token("end", "", line)


def _number(text: str) -> int | float:
    plain = text.rstrip("fF") if not text.lower().lstrip("+-").startswith(("0x", "inf")) else text
    for convert in (int, float):
        try:
            return convert(plain)
        except ValueError:
            continue
    return int(plain, 16)


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] == "x" and len(code) > 1:
            return chr(int(code[1:], 16))
        return chr(int(code, 8)) if code[0] in "01234567" else _ESCAPES.get(code, code)

    return _ESCAPE.sub(one, text)
