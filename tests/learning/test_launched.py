"""The environment of a launcher: read with care, refused in words."""

import pytest

from harmonium.learning.launched import processes

GOOD = {"RANK": "1", "WORLD_SIZE": "4", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}


def test_how_many_there_are():
    assert processes(GOOD) == 4
    assert processes({}) == processes({"WORLD_SIZE": ""}) == processes({"WORLD_SIZE": "1"}) == 1


@pytest.mark.parametrize("text", ["abc", "-1", "0", "1e3", "2.0", " 2", "\u0662", "9" * 5000])
def test_no_number_of_processes(text):
    with pytest.raises(ValueError, match="variable WORLD_SIZE is .*or unset WORLD_SIZE for one"):
        processes({**GOOD, "WORLD_SIZE": text})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RANK", ""),
        ("RANK", "4"),
        ("RANK", "-1"),
        ("RANK", "first"),
        ("LOCAL_RANK", "x"),
        ("MASTER_PORT", "99999999"),
        ("MASTER_PORT", ""),
        ("MASTER_ADDR", ""),
    ],
)
def test_what_no_launcher_says_is_named(name, text):
    with pytest.raises(ValueError, match=f"the environment variable {name} is"):
        processes({**GOOD, name: text})
    assert processes({name: text}) == 1, "of one process nothing more is asked"
