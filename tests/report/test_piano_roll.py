"""Piano rolls: a bar for each note, where it is."""

import pytest

from harmonium.data.notes import Note
from harmonium.report.piano_roll import piano_rolls

PIECE = [Note(0, 0, 4, 72), Note(3, 2, 1, 48)]


def bars(axes):
    found = []
    for collection in axes.collections:
        for path in collection.get_paths():
            box = path.get_extents()
            found.append((box.x0, box.x1, (box.y0 + box.y1) / 2))
    return found


def test_bars_are_where_the_notes_are():
    figure = piano_rolls([PIECE, PIECE[:1]], titles=["true", "drawn"], steps=6, given=2)
    first, second = figure.axes
    assert bars(first) == [
        (0, pytest.approx(3.88), pytest.approx(72)),
        (2, pytest.approx(2.88), pytest.approx(48)),
    ]
    assert len(bars(second)) == 1
    assert first.get_ylim() == second.get_ylim() == (46, 74)
    assert [t.get_text() for t in first.get_yticklabels()] == ["C3", "C4", "C5"]
    assert first.get_title(loc="left") == "true"
    colours = {tuple(c.get_facecolor()[0]) for c in first.collections}
    assert len(colours) == 2


def test_pieces_without_titles_are_refused():
    with pytest.raises(ValueError, match="1 pieces and 0 titles"):
        piano_rolls([PIECE], titles=[], steps=4)
    assert piano_rolls([[]], titles=["silence"], steps=4).axes
