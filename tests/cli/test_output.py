import json
import math
from pathlib import Path

import pytest

from harmonium.cli.output import emit, note, plain, say, table


def test_json_is_one_document_without_nan(capsys):
    emit({"a": math.inf, "b": [Path("x/y"), (1, None, True)], 2: "é"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": None, "b": ["x/y", [1, None, True]], "2": "é"}
    assert "é" in out


def test_notes_go_to_standard_error(capsys):
    note("epoch 1")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "epoch 1\n")


def test_of_several_processes_the_first_speaks(monkeypatch, capsys):
    for rank in ("1", "0"):
        monkeypatch.setenv("RANK", rank)
        say(f"from {rank}")
        emit(rank)
    assert capsys.readouterr().out == 'from 0\n"0"\n'


def test_plain_keeps_numbers_and_texts():
    assert plain([1, 1.5, "x", False, None]) == [1, 1.5, "x", False, None]
    assert plain(math.nan) is None


def test_a_table_lines_up_numbers_to_the_right():
    lines = table(["run", "seconds"], [["a", 1.0], ["bb", None], ["ccc", 12345.678]]).split("\n")
    assert lines == ["run  seconds", "a          1", "bb         -", "ccc    12346"]


def test_a_column_of_text_is_to_the_left():
    assert table(["a", "ok"], [["x", True], ["y", "no"]]).split("\n")[1:] == ["x  yes", "y  no"]


EVIL = "\x1b]0;title\x07\x1b[2J\u202egnp\x9b31m\r\udcff"


@pytest.mark.parametrize("write", [say, note, lambda text: say(table([text], [[text]]))])
def test_nothing_that_steers_a_terminal_is_printed(capsys, write):
    write(EVIL)
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    assert "title" in shown
    assert "gnp" in shown
    assert not set(shown) & set("\x1b\x07\x9b\r\u202e\udcff")


def test_a_cell_stays_on_its_line():
    assert table(["a"], [["one\ntwo\tthree"]]).split("\n") == ["a", r"one\ntwo\tthree"]


def test_json_keeps_the_text_and_escapes_what_steers(capsys):
    emit({EVIL: ["\U000e0041"]})
    out = capsys.readouterr().out
    assert json.loads(out) == {EVIL: ["\U000e0041"]}
    assert not set(out) & set("\x1b\x07\x9b\r\u202e\udcff\U000e0041")


@pytest.mark.parametrize("rank", ["", "abc", "-1", "00", "\u0661"])
def test_a_rank_that_is_none_silences_nobody(monkeypatch, capsys, rank):
    monkeypatch.setenv("RANK", rank)
    say("here")
    assert capsys.readouterr().out == "here\n"
