"""Whole numbers in English words."""

from __future__ import annotations

__all__ = ["ordinal", "spelled"]

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def spelled(number: int) -> str:
    """A whole number from 0 to 999 999 in words.

    >>> spelled(40), spelled(315), spelled(21_008)
    ('forty', 'three hundred and fifteen', 'twenty-one thousand and eight')
    """
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[rest]}" if rest else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" and {spelled(rest)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    joined = " and " if rest < 100 else " "
    return f"{spelled(thousands)} thousand" + (f"{joined}{spelled(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """The place of a number in a row, in words.

    >>> ordinal(3), ordinal(20), ordinal(21)
    ('third', 'twentieth', 'twenty-first')
    """
    *before, last = spelled(number).split("-")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    else:
        last = last.removesuffix("y") + "ieth" if last.endswith("y") else f"{last}th"
    return "-".join([*before, last])
