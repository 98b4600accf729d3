"""What is written comes back, to the bit and to the type."""

import pytest
import torch

from harmonium.runs import checkpoint
from harmonium.runs.checkpoint import read, write, write_tensors

STATE = {
    "numbers": [1, 2.5, True, None, "text", -0.1 + 0.3],
    "by number": {0: {"step": torch.tensor(3.0)}, 1: {}},
    "pair": (0.9, 0.999),
    "odd names": {"tensor": 1, "dict": {"list": []}},
    "bytes": torch.arange(5, dtype=torch.uint8),
    "empty": torch.zeros(0, 3),
    "doubles": torch.tensor([1e-300, float("inf")], dtype=torch.float64),
}


def same(one, other):
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def test_it_comes_back(tmp_path):
    assert same(read(write(tmp_path / "last", STATE)), STATE)
    assert not same({"a": (1,)}, {"a": [1]})
    assert not same({0: 1}, {"0": 1})


def test_a_tensor_that_occurs_twice_is_written_once(tmp_path):
    x = torch.rand(1000)
    once = write(tmp_path / "once", {"a": x}).stat().st_size
    twice = write(tmp_path / "twice", {"a": x, "b": x.detach()})
    assert twice.stat().st_size < once + 100
    assert same(read(twice), {"a": x, "b": x})


def test_views_of_one_memory_are_written_apart(tmp_path):
    x = torch.arange(12.0).reshape(3, 4)
    state = {"rows": x[:2], "first": x[:1], "turned": x.T, "wide": x[:1].expand(5, 4)}
    assert same(read(write(tmp_path / "views", state)), state)
    write_tensors(tmp_path / "named", state)


def test_what_is_no_plain_value_is_refused(tmp_path):
    with pytest.raises(TypeError, match="not set"):
        write(tmp_path / "last", {"a": {1, 2}})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [0, 5, 60, -1])
def test_cut_short(size, tmp_path):
    place = write(tmp_path / "last", STATE)
    place.write_bytes(place.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"last: not a whole checkpoint .*resume from another"):
        read(place)


def test_another_kind_of_file(tmp_path):
    with pytest.raises(ValueError, match="not a whole checkpoint"):
        read(write_tensors(tmp_path / "model", {"a": torch.ones(1)}))
    with pytest.raises(FileNotFoundError, match="no such checkpoint"):
        read(tmp_path / "none")


def test_a_later_format(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "FORMAT", 3)
        place = write(tmp_path / "last", {})
    with pytest.raises(ValueError, match="format 3, but this version reads up to 2; upgrade"):
        read(place)
