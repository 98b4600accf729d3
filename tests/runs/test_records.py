"""Rows are appended whole and cut exactly; records know where they come from."""

import errno
import os

import pytest
import torch

from harmonium.runs.checkpoint import write_tensors
from harmonium.runs.records import Record, Rows, check_rows, read_rows, records


def row(epoch, **numbers):
    return {"trial": 0, "stage": "train", "epoch": epoch, "update": 10 * epoch, **numbers}


def test_rows_are_cut_to_those_that_a_checkpoint_knew(tmp_path):
    path = tmp_path / "metrics.jsonl"
    rows = Rows(path)
    for number in range(3):
        rows.append(row(number))
    assert rows.sync() == 3
    with path.open("a") as file:
        file.write('{"epoch": 3, "tr')  # killed in the middle of a row
    assert read_rows(path) == [row(0), row(1), row(2)]
    again = Rows(path, keep=2)
    assert read_rows(path) == [row(0), row(1), row(2)], "looking changes nothing"
    again.cut()
    again.append(row(9))
    assert read_rows(path) == [row(0), row(1), row(9)]
    assert again.sync() == 3


def test_rows_that_a_checkpoint_did_not_know_are_refused(tmp_path):
    path = tmp_path / "metrics.jsonl"
    rows = Rows(path)
    for number in range(3):
        rows.append(row(number, **{"train/loss": float("nan"), "time/samples_per_s": number}))
    known = rows.checksum
    lines = path.read_text().splitlines(keepends=True)
    assert Rows(path, keep=3, checksum=known).checksum == known
    timed = [line.replace('samples_per_s": 1', 'samples_per_s": 7') for line in lines]
    path.write_text("".join(timed))
    assert Rows(path, keep=3, checksum=known), "a stage that is done again takes another time"
    for edited in (lines[1:] + lines[:1], [*lines[:2], lines[2].replace("20", "21")]):
        path.write_text("".join(edited))
        with pytest.raises(ValueError, match=r"metrics.jsonl: its first 3 rows are not those"):
            Rows(path, keep=3, checksum=known)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("5", "line 2: a int, not a mapping"),
        ("[" * 100_000, "line 2: not JSON"),
        ("\ufffe", "line 2: not JSON"),
        ("{}", "line 2: trial is None"),
        ('{"trial": 0, "stage": 5, "epoch": 1, "update": 1}', "line 2: stage is 5"),
        ('{"trial": 0, "stage": "x", "epoch": 1, "update": 1, "a": "b"}', "line 2: a is b"),
        ('{"trial": 0, "stage": "x", "epoch": 1, "update": 1, "a": 1' + "0" * 400 + "}", "a is 1"),
        ('{"trial": 0, "stage": "x", "epoch": 1, "update": 1, "findings": 5}', "findings is 5"),
        ('{"trial": 0, "stage": "x", "epoch": 1, "update": 1, "findings": [{}]}', "findings is"),
    ],
)
def test_a_row_that_no_run_writes_gives_its_line(line, words, tmp_path):
    path = tmp_path / "metrics.jsonl"
    Rows(path).append(row(0))
    with path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(ValueError, match=words):
        check_rows(read_rows(path), path)
    with pytest.raises(ValueError, match=words):
        Rows(path, keep=2)
    assert Rows(path, keep=1).count == 1, "what comes after the checkpoint is cut anyway"


def test_bytes_that_are_no_text_are_not_a_row(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b"\xff\xfe\0\n")
    with pytest.raises(ValueError, match=r"metrics.jsonl, line 1: not JSON"):
        read_rows(path)


def test_a_folder_or_a_pipe_is_no_file_of_rows(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.mkdir()
    for call in (read_rows, Rows):
        with pytest.raises(ValueError, match=r"metrics.jsonl: a folder, not a file"):
            call(path)


def test_too_few_rows_are_another_runs(tmp_path):
    Rows(tmp_path / "metrics.jsonl").append(row(0))
    with pytest.raises(ValueError, match=r"has 1 rows, but 2 .*the directory that it belongs to"):
        Rows(tmp_path / "metrics.jsonl", keep=2)


def test_a_damaged_row_gives_its_line(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"a": 1}\n{"a": \n{"a": 3}\n')
    with pytest.raises(ValueError, match="line 2: not JSON"):
        read_rows(path)
    assert read_rows(tmp_path / "none") == []


def test_a_full_disk_names_the_file(tmp_path, monkeypatch):
    rows = Rows(tmp_path / "metrics.jsonl")

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left.*metrics\.jsonl"):
        rows.sync()


def test_records_come_in_the_order_of_the_stages(tmp_path):
    places = [(1, "train", 1), (0, "train", 10), (0, "train", 2), (0, "pretrain/1", 1)]
    for trial, stage, epoch in places:
        record = Record.at(tmp_path, trial=trial, stage=stage, epoch=epoch)
        write_tensors(record.path, {"chains": torch.full((2, 3), float(epoch))})
    found = records(tmp_path, stages=["pretrain/1", "train"])
    assert [(r.trial, r.stage, r.epoch) for r in found] == [
        (0, "pretrain/1", 1),
        (0, "train", 2),
        (0, "train", 10),
        (1, "train", 1),
    ]
    assert torch.equal(found[2].tensors()["chains"], torch.full((2, 3), 10.0))
    found[2].path.write_bytes(found[2].path.read_bytes()[:-1] + b"\7")
    with pytest.raises(ValueError, match=r"0010.safetensors: damaged"):
        found[2].tensors()
