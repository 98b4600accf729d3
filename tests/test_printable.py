"""Text from files as it is printed: readable, and without power over the terminal."""

import json
import sys
import unicodedata

import pytest

from harmonium.printable import json_printable, printable


def test_no_character_that_steers_is_left():
    """Every code point: controls, formats, halves of pairs, separators of lines."""
    for code in range(sys.maxunicode + 1):
        shown = printable(chr(code))
        kinds = {unicodedata.category(c) for c in shown if c not in "\n\t\u200c\u200d"}
        assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}, hex(code)
        shown.encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text, ~ and all",
        "two\nlines\tand a tab",
        "Zürich, 東京, עברית, 🙂",
        "نمی\u200cخواهم",
    ],
)
def test_what_people_write_stays(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
        ("a\rb", r"a\x0db"),
    ],
)
def test_what_steers_is_written_as_an_escape(text, shown):
    assert printable(text) == shown


def test_a_name_stays_on_its_line():
    assert printable("a\nerror: b\tc", lines=False) == r"a\nerror: b\tc"


@pytest.mark.parametrize("text", ["a\u202eb", "\x7f\x85", "\U000e0041", "\ud800", "ä\n"])
def test_json_means_the_same(text):
    document = json.dumps([text], ensure_ascii=False)
    assert json.loads(json_printable(document)) == [text]
    assert printable(json_printable(document)) == json_printable(document)
