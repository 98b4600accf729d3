"""Names by capitals: within lines, at beginnings, spans."""

import pytest

from harmonium.data.play_names import _names, named_sentences, play_names

TEXT = """First Citizen:
Good king Richard the Third, hear me.
Away! I say to Richard
Plantagenet, and O, to thee.

KING:
Richard, away with Citizen Brutus.
"""


def test_tags_by_hand():
    names = _names({"train": TEXT})
    assert {"richard", "third", "citizen", "brutus"} == names
    found = named_sentences(TEXT, names, longest=10)
    assert [" ".join(words) for words, _ in found] == [
        "good king richard the third , hear me .",
        "away !",
        "i say to richard plantagenet , and o , to",
        "thee .",
        "richard , away with citizen brutus .",
    ]
    named = [
        [(word, tag) for word, tag in zip(*sentence, strict=True) if tag != "O"]
        for sentence in found
    ]
    assert named[0] == [("richard", "B-NAME"), ("third", "B-NAME")]
    assert named[2] == [("richard", "B-NAME")]  # nothing else tells what plantagenet is
    assert named[4] == [("richard", "B-NAME"), ("citizen", "B-NAME"), ("brutus", "I-NAME")]
    assert named[1] == named[3] == []


@pytest.mark.data
def test_the_plays():
    data = play_names()
    assert (len(data.train), len(data.test)) == (12_615, 1637)
    assert data.written.symbols == ("B-NAME", "I-NAME", "O")
    assert not any(word.isupper() for name in data.test.names for word in name.split())
