"""Makes text from files and names safe to print on a terminal.

Control characters can move the cursor, clear the screen or rename the window. Overrides of the
writing direction can disguise a name. A lone surrogate cannot be encoded at all.
"""

import re
import unicodedata

__all__ = ["json_printable", "printable"]

_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_HARMLESS = {"\n", "\t", "\u200c", "\u200d"}
"""Line ends, tabs, and the joiners that some scripts and emoji need."""

_PLAIN = re.compile(r"[\n\t\x20-\x7e]*")


def printable(text: str, *, lines: bool = True) -> str:
    r"""The text with control and formatting characters replaced by escapes.

    Args:
        text: any text.
        lines: keep line ends and tabs; False: replace them too, for a name on a single line.

    >>> print(printable("\x1b[2Jred\u202e"))
    \x1b[2Jred\u202e
    >>> print(printable("two\nlines", lines=False))
    two\nlines
    """
    if not _PLAIN.fullmatch(text):
        text = "".join(_escaped(c) if _steers(c) else c for c in text)
    return text if lines else text.replace("\n", "\\n").replace("\t", "\\t")


def json_printable(document: str) -> str:
    r"""A JSON document with the same characters replaced by JSON escapes; its value is unchanged.

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
    """The JSON escape of a character: two surrogates for code points above 65535."""
    raw = c.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{raw[i]:02x}{raw[i + 1]:02x}" for i in range(0, len(raw), 2))
