"""New directories, files that are whole or not there, and one process to a run."""

import os

import pytest

from harmonium.runs import directory
from harmonium.runs.directory import (
    Locked,
    is_locked,
    is_unbegun,
    locked,
    new_directory,
    read_json,
    regular,
    sweep_up,
    write_json,
)


def test_two_directories_of_one_second_differ(tmp_path):
    made = {new_directory(tmp_path / "runs", "demo") for _ in range(20)}
    assert len(made) == 20
    assert all(path.parent == tmp_path / "runs" / "demo" for path in made)


@pytest.mark.parametrize("name", ["", "a/b", ".."])
def test_a_name_is_that_of_one_folder(name, tmp_path):
    with pytest.raises(ValueError, match="not that of one folder"):
        new_directory(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_is_a_file_says_what_to_do(tmp_path):
    (tmp_path / "runs").write_text("in the way")
    with pytest.raises(OSError, match=r"cannot make a run directory .*--output") as failure:
        new_directory(tmp_path / "runs", "demo")
    assert str(tmp_path / "runs") in str(failure.value)


def test_what_a_kill_left_beside_its_place_is_swept_up(tmp_path):
    path = new_directory(tmp_path, "demo")
    left = path / "checkpoints" / f".last.safetensors.{'0f' * 16}"
    kept = [path / ".hidden", path / "status.json", path / "checkpoints" / "last.safetensors"]
    for file in (left, *kept):
        file.touch()
    sweep_up(path)
    assert not left.exists()
    assert all(file.exists() for file in kept)


def test_damaged_json_names_the_file(tmp_path):
    place = write_json(tmp_path / "results.json", {"a": 1})
    assert read_json(place) == {"a": 1}
    place.write_text('{"a": ')
    with pytest.raises(ValueError, match=r"results\.json: not JSON"):
        read_json(place)


@pytest.mark.skipif(directory.fcntl is None, reason="no locks on this system")
def test_one_process_to_a_run(tmp_path):
    with locked(tmp_path):
        assert is_locked(tmp_path)
        words = f"process {os.getpid()} on .* works on this run; wait until it ends, or stop it"
        with pytest.raises(Locked, match=words):
            with locked(tmp_path):
                pass
    assert not is_locked(tmp_path)
    with locked(tmp_path):
        pass


def test_without_locks_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(directory, "fcntl", None)
    with locked(tmp_path), locked(tmp_path):
        assert not is_locked(tmp_path)


@pytest.mark.skipif(directory.fcntl is None, reason="no locks on this system")
def test_whoever_asks_does_not_take_the_run(tmp_path):
    """Those who only look may look together, and need no right to write."""
    with locked(tmp_path):
        pass
    (tmp_path / "lock").chmod(0o444)
    with (tmp_path / "lock").open("rb") as looking:
        directory.fcntl.flock(looking, directory.fcntl.LOCK_SH)
        assert is_locked(tmp_path) is False
    assert is_locked(tmp_path / "nowhere") is False


def test_without_locks_it_is_not_known(tmp_path, monkeypatch):
    (tmp_path / "lock").touch()
    monkeypatch.setattr(directory, "fcntl", None)
    assert is_locked(tmp_path) is None


def test_what_a_kill_left_before_the_run_began(tmp_path):
    path = new_directory(tmp_path, "demo")
    assert is_unbegun(path)
    (path / "recipe.yaml").touch()
    (path / f".command.txt.{'0f' * 16}").touch()
    assert is_unbegun(path)
    (path / "models" / "0-machine.safetensors").touch()
    assert not is_unbegun(path), "something was learned"
    other = new_directory(tmp_path, "demo")
    (other / "thesis.tex").touch()
    assert not is_unbegun(other), "somebody's own file"
    (tmp_path / "notes").mkdir()
    assert not is_unbegun(tmp_path / "notes")
    third = new_directory(tmp_path, "demo")
    (third / "status.json").touch()
    assert not is_unbegun(third)


def test_json_that_is_nested_too_deeply_or_no_file(tmp_path):
    place = tmp_path / "results.json"
    place.write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"results\.json: not JSON"):
        read_json(place)
    place.unlink()
    assert not regular(place)
    os.mkfifo(place)
    with pytest.raises(ValueError, match=r"results\.json: a broken link, a pipe or a device"):
        read_json(place)
