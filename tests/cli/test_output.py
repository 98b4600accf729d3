import json
import math
from pathlib import Path

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
