"""Only what a run can have saved is handed back to it."""

import re

import pytest
import torch

from harmonium.runs import checkpoint
from harmonium.runs.saved import fitting, place_to_go_on, read_state

STATE = {
    "task": 0,
    "name": "train",
    "updates": 4,
    "results": {},
    "best": None,
    "rows": 0,
    "trial": 0,
    "workspace": {"machine": {"w": torch.ones(2)}},
    "stage": None,
    "run": "abc",
    "recipe": {},
    "metrics": "0",
}


def test_a_state_comes_back(tmp_path):
    place = checkpoint.write(tmp_path / "last.safetensors", STATE)
    assert read_state(place)["run"] == "abc"
    first = {name: x for name, x in STATE.items() if name not in ("run", "recipe", "metrics")}
    assert "run" not in read_state(checkpoint.write(place, first)), "of the first format"


@pytest.mark.parametrize(
    "name", [name for name in STATE if name not in ("run", "recipe", "metrics")]
)
def test_a_part_that_is_missing_is_named(name, tmp_path):
    state = {key: value for key, value in STATE.items() if key != name}
    place = checkpoint.write(tmp_path / "last.safetensors", state)
    with pytest.raises(ValueError, match=rf"last.safetensors: not .*it has no {name}.*start anew"):
        read_state(place)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task", "x"), ("task", -1), ("task", None), ("updates", "x"), ("updates", -1),
        ("results", []), ("best", "x"), ("rows", -1), ("rows", 1.5), ("trial", -1),
        ("workspace", None), ("stage", "x"), ("name", 5), ("run", 5), ("recipe", None),
        ("metrics", 5),
    ],
)  # fmt: skip
def test_a_part_of_another_kind_is_named(name, value, tmp_path):
    place = checkpoint.write(tmp_path / "last.safetensors", {**STATE, name: value})
    with pytest.raises(ValueError, match=re.escape(f"its {name} is {value}")):
        read_state(place)


@pytest.mark.parametrize("state", [None, 5, "x", [], {}, torch.ones(2)])
def test_what_is_no_state_at_all(state, tmp_path):
    place = checkpoint.write(tmp_path / "last.safetensors", state)
    with pytest.raises(ValueError, match="not a checkpoint of a run"):
        read_state(place)


@pytest.mark.parametrize(
    "error", [KeyError("w"), RuntimeError("size mismatch"), TypeError("x"), AttributeError("x")]
)
def test_a_state_that_does_not_fit_is_said(error, tmp_path):
    with pytest.raises(ValueError, match=r"last: does not fit the recipe of its run"):
        with fitting(tmp_path / "last"):
            raise error


def test_the_place_to_go_on_from(tmp_path):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    assert place_to_go_on(tmp_path) is None, "stopped before it wrote anything"
    last = folder / "last.safetensors"
    last.mkdir()
    with pytest.raises(FileNotFoundError, match="not there .or no file., and no other checkpoint"):
        place_to_go_on(tmp_path)
    last.rmdir()
    (tmp_path / "metrics.jsonl").write_text("{}\n")
    with pytest.raises(FileNotFoundError, match=r"no other checkpoint is.*harmonium train .*yaml"):
        place_to_go_on(tmp_path)
    older = checkpoint.write(folder / "last-000001.safetensors", STATE)
    words = r"last.safetensors: not there .* but last-000001.safetensors is; .*--resume .*000001"
    with pytest.raises(FileNotFoundError, match=words):
        place_to_go_on(tmp_path)
    assert place_to_go_on(tmp_path, older) == older
    last.mkdir()
    with pytest.raises(FileNotFoundError, match=words):
        place_to_go_on(tmp_path)
    last.rmdir()
    last.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=words):
        place_to_go_on(tmp_path)
    last.unlink()
    assert place_to_go_on(tmp_path, older) == older
    checkpoint.write(last, STATE)
    assert place_to_go_on(tmp_path) == last
    with pytest.raises(FileNotFoundError, match=r"step-9.safetensors: not there"):
        place_to_go_on(tmp_path, folder / "step-9.safetensors")
