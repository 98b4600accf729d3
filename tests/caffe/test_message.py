"""Values of messages by their type."""

import pytest

from harmonium.caffe.text import parse_text
from harmonium.errors import DataError


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.whole("half", 0), "net:1: half is 0.5: a whole number"),
        (lambda m: m.whole("big", 0), "does not fit 32 bits"),
        (lambda m: m.whole("endless", 0), "a whole number"),
        (lambda m: m.number("word", 0), "'abc': a number"),
        (lambda m: m.flag("half", default=False), "true or false"),
        (lambda m: m.texts("half"), "text is needed"),
        (lambda m: m.message("half"), "braces are needed"),
        (lambda m: m.choice("word", ("MAX", "AVE")), "there are MAX, AVE"),
        (lambda m: m.known(["half", "big", "endless"], where="it"), "it has no field 'word'"),
    ],
)
def test_wrong_types_are_refused(call, message):
    given = parse_text('half: 0.5 big: 99999999999 endless: inf word: "abc"', "net")
    with pytest.raises(DataError, match=message):
        call(given)


def test_fields_that_are_missing_have_defaults():
    empty = parse_text("")
    assert (empty.whole("a", 3), empty.text("a", "x"), empty.flag("a", default=True)) == (
        3,
        "x",
        True,
    )
    assert empty.choice("a", ("MAX", "AVE")) == "MAX"
    assert empty.message("a").fields == {}
