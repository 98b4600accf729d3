"""What is written comes back, to the bit and to the type."""

import json

import pytest
import safetensors.torch
import torch

from harmonium.runs import checkpoint
from harmonium.runs.checkpoint import read, read_tensors, write, write_tensors

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


def test_any_flipped_bit_is_noticed(tmp_path):
    place = write(tmp_path / "last", STATE)
    whole = place.read_bytes()
    for at in range(8, len(whole), 7):
        raw = bytearray(whole)
        raw[at] ^= 1 << at % 8
        place.write_bytes(raw)
        with pytest.raises(ValueError, match=r"last: not a whole checkpoint"):
            read(place)
    place.write_bytes(whole)
    assert same(read(place), STATE)


def first_format(place, description):
    """A file without a checksum, as the first format had none."""
    header = {
        "harmonium": description if isinstance(description, str) else json.dumps(description)
    }
    place.write_bytes(safetensors.torch.save({"0": torch.ones(2)}, header))
    return place


def test_the_first_format_is_read(tmp_path):
    state = {"dict": [["a", {"tensor": "0"}], ["b", {"list": [1, None]}]]}
    found = read(first_format(tmp_path / "last", {"format": 1, "state": state}))
    assert same(found, {"a": torch.ones(2), "b": [1, None]})


@pytest.mark.parametrize(
    "description",
    [
        "null", "[]", "5", "{", "{}", {"format": 1}, {"state": None}, {"format": "x", "state": 1},
        {"format": 2, "state": {"list": []}}, {"format": 1, "state": {"python": "os.system"}},
        {"format": 1, "state": {"list": [], "dict": []}}, {"format": 1, "state": {}},
        {"format": 1, "state": {"tensor": "9"}}, {"format": 1, "state": {"tensor": {}}},
        {"format": 1, "state": {"dict": 5}}, {"format": 1, "state": {"dict": [[{"list": []}, 1]]}},
        {"format": 1, "state": {"dict": [5]}}, {"format": 1, "state": {"list": {"a": 1}}},
        {"format": 1, "state": [1]},
        '{"format": 1, "state": ' + '{"list": [' * 30_000 + "]}" * 30_000 + "}",
    ],
)  # fmt: skip
def test_a_description_that_no_run_writes(description, tmp_path):
    place = first_format(tmp_path / "last", description)
    with pytest.raises(ValueError, match=r"last: not a whole checkpoint .*or start anew"):
        read(place)


def test_other_checkpoints_are_named(tmp_path):
    place = write(tmp_path / "last.safetensors", STATE)
    write(tmp_path / "step-000002.safetensors", STATE)
    place.write_bytes(place.read_bytes()[:-1])
    with pytest.raises(
        ValueError, match=r"another file in its folder \(step-000002.safetensors\)"
    ):
        read(place)


def test_a_folder_or_a_broken_link_is_no_checkpoint(tmp_path):
    (tmp_path / "last").mkdir()
    with pytest.raises(ValueError, match="last: a folder, not a file"):
        read(tmp_path / "last")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="link: a broken link, a pipe or a device, not a file"):
        read(tmp_path / "link")


def test_named_tensors_carry_a_checksum_too(tmp_path):
    place = write_tensors(tmp_path / "net", {"w": torch.rand(9)}, outputs="3")
    tensors, notes = read_tensors(place)
    assert notes["outputs"] == "3"
    assert tensors["w"].shape == (9,)
    raw = bytearray(place.read_bytes())
    raw[-1] ^= 64
    place.write_bytes(raw)
    with pytest.raises(ValueError, match=r"net: damaged: its content does not fit its checksum"):
        read_tensors(place)


def test_a_file_without_tensors_and_notes_is_whole(tmp_path):
    tensors, notes = read_tensors(write_tensors(tmp_path / "nothing", {}))
    assert tensors == {}
    assert [*notes] == ["checksum"]
