"""Numbers in words, read back by an independent reader."""

import pytest

from harmonium.data.spelled import ordinal, spelled

VALUES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}


def value(text):
    """The number that words say."""
    total = part = 0
    for word in text.replace("-", " ").split():
        if word == "hundred":
            part *= 100
        elif word == "thousand":
            total, part = part * 1000, 0
        elif word != "and":
            part += VALUES[word]
    return total + part


def test_words_say_the_number():
    numbers = [*range(2000), *range(2000, 1_000_000, 997), 999_999, 100_000, 1_000, 20_000]
    assert [value(spelled(n)) for n in numbers] == numbers
    assert spelled(101_010) == "one hundred and one thousand and ten"


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (2, "second"), (5, "fifth"), (9, "ninth"), (12, "twelfth"), (20, "twentieth"),
     (22, "twenty-second"), (30, "thirtieth"), (31, "thirty-first"), (14, "fourteenth")],
)  # fmt: skip
def test_places_in_a_row(number, word):
    assert ordinal(number) == word
