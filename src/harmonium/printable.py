"""Text that comes from files and names, made safe to print.

A control character moves the cursor, clears the screen or renames the window; an override of the
writing direction shows one name as another; half of a surrogate pair cannot be written at all.
"""

import re
import unicodedata

__all__ = ["json_printable", "printable"]

_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_HARMLESS = {"\n", "\t", "\u200c", "\u200d"}
"""Ends of lines and tabs, and what joins letters in some scripts and emoji."""

_PLAIN = re.compile(r"[\n\t\x20-\x7e]*")


def printable(text: str, *, lines: bool = True) -> str:
    r"""The text with every character that steers a terminal written as an escape.

    Args:
        text: anything.
        lines: ends of lines stay; False: they are written as escapes as well, for a name that
            must stay on its line.

    >>> print(printable("\x1b[2Jred\u202e"))
    \x1b[2Jred\u202e
    >>> print(printable("two\nlines", lines=False))
    two\nlines
    """
    if not _PLAIN.fullmatch(text):
        text = "".join(_escaped(c) if _steers(c) else c for c in text)
    return text if lines else text.replace("\n", "\\n").replace("\t", "\\t")


def json_printable(document: str) -> str:
    r"""A JSON document with such characters as JSON's own escapes: it means the same.

    >>> print(json_printable('"a\u202eb"'))
    "a\u202eb"
    """
    return "".join(_utf16(c) if _steers(c) else c for c in document)


def _steers(c: str) -> bool:
    return unicodedata.category(c) in _KINDS and c not in _HARMLESS


def _escaped(c: str) -> str:
    code = ord(c)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )


def _utf16(c: str) -> str:
    """As JSON writes it: characters beyond 65535 by two halves."""
    raw = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[i]:02x}{raw[i + 1]:02x}" for i in range(0, len(raw), 2))
