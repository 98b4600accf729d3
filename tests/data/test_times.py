"""Columns of times: forms, steps, what comes after the end, gaps and what is no time."""

import pytest

from harmonium.data.times import times_of
from harmonium.errors import DataError


def read(*texts):
    return times_of(texts, "when", lines=range(2, 2 + len(texts)), where="x.csv")


@pytest.mark.parametrize(
    ("texts", "words", "after"),
    [
        (("1700", "1701", "1702"), "1", "1703"),
        (("0.5", "0.75", "1"), "0.25", "1.25"),
        (("19580329", "19580405", "19580412"), "7 days", "19580419"),
        (("2012/12/30", "2012/12/31", "2013/01/01"), "1 days", "2013/01/02"),
        (("1949-10", "1949-11", "1949-12"), "1 month", "1950-01"),
        (("2000-01-31", "2000-02-29", "2000-03-31"), "1 month", "2000-04-30"),
        (("2000-01-01", "2000-04-01", "2000-07-01"), "3 months", "2000-10-01"),
        (("1999-12-31 23:00", "1999-12-31 23:30", "2000-01-01 00:00"), "30 minutes",
         "2000-01-01 00:30"),
    ],
)  # fmt: skip
def test_steps_are_found_and_go_on_after_the_end(texts, words, after):
    times, frames = read(*texts)
    assert frames == [0, 1, 2]
    assert times.words == words
    assert [times.text(k) for k in range(4)] == [*texts, after]


def test_times_that_are_left_out_are_gaps():
    times, frames = read("1958-05-03", "1958-05-10", "1958-05-31")
    assert frames == [0, 1, 4]
    assert times.text(2) == "1958-05-17"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("1", "2", "2"), "x.csv, line 4: the time 2 comes after 2"),
        (("1", "2", "3.5"), "line 4: 3.5 follows 2, which is no whole number of steps of 1"),
        (("1", "soon"), "line 3, column 'when': 'soon' is no time"),
        (("1999-12-31", "01/02/2000"), "column 'when': '1999-12-31' is no time"),
    ],
)
def test_what_is_no_regular_time_is_named_with_its_line(texts, message):
    with pytest.raises(DataError, match=message):
        read(*texts)
