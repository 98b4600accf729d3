"""Rows are appended whole and cut exactly; records know where they come from."""

import errno
import os

import pytest
import torch

from harmonium.runs.checkpoint import write_tensors
from harmonium.runs.records import Record, Rows, read_rows, records


def test_rows_are_cut_to_those_that_a_checkpoint_knew(tmp_path):
    path = tmp_path / "metrics.jsonl"
    rows = Rows(path)
    for number in range(3):
        rows.append({"epoch": number})
    assert rows.sync() == 3
    with path.open("a") as file:
        file.write('{"epoch": 3, "tr')  # killed in the middle of a row
    assert read_rows(path) == [{"epoch": 0}, {"epoch": 1}, {"epoch": 2}]
    again = Rows(path, keep=2)
    again.append({"epoch": 9})
    assert read_rows(path) == [{"epoch": 0}, {"epoch": 1}, {"epoch": 9}]
    assert again.sync() == 3


def test_too_few_rows_are_another_runs(tmp_path):
    Rows(tmp_path / "metrics.jsonl").append({"epoch": 0})
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
