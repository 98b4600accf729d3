"""The search for data files: order, whole sets only, and a message that says it all."""

from pathlib import Path

import pytest

from harmonium.catalogue.find import find, home, nearest, places


def test_order_of_directories(monkeypatch):
    monkeypatch.setenv("HARMONIUM_DATA", "/root-of-data")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert places("a_b", "/given") == [
        Path("/given"),
        Path("/root-of-data/a_b"),
        Path("/root-of-data/a-b"),
        Path("/root-of-data"),
        Path("/cache/harmonium/a_b"),
        Path("/cache/harmonium/a-b"),
        Path("/usr/share/datasets/a_b"),
        Path("/usr/share/datasets/a-b"),
    ]


@pytest.mark.parametrize("unset", ["", None])
def test_order_without_variables(monkeypatch, tmp_path, unset):
    for variable in ("HARMONIUM_DATA", "XDG_CACHE_HOME"):
        if unset is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, unset)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert places("x") == [
        tmp_path / ".cache/harmonium/x",
        Path("/usr/share/datasets/x"),
    ]
    assert places("x", "~/y")[0] == tmp_path / "y"


def test_the_first_directory_that_has_all_files_wins(tmp_path):
    partial, packed, plain = (tmp_path / name for name in ("partial", "packed", "plain"))
    for directory, files in ((partial, ["a"]), (packed, ["a.gz", "b"]), (plain, ["a", "b"])):
        directory.mkdir()
        for file in files:
            (directory / file).touch()
    order = [tmp_path / "absent", partial, packed, plain]
    assert find(["a", "b"], order, title="T", origin="O") == [packed / "a.gz", packed / "b"]
    (packed / "a").touch()
    assert find(["a", "b"], order, title="T", origin="O")[0] == packed / "a"


@pytest.mark.parametrize(("value", "shown"), [("/somewhere", "/somewhere"), ("", "not set")])
def test_message_names_files_directories_and_variable(monkeypatch, tmp_path, value, shown):
    monkeypatch.setenv("HARMONIUM_DATA", value)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "a.gz").touch()
    (tmp_path / "empty").mkdir()
    order = [tmp_path / name for name in ("half", "empty", "absent")]
    with pytest.raises(FileNotFoundError) as caught:
        find(["a", "b"], order, title="The set", origin="the source")
    assert str(caught.value).splitlines() == [
        "The set is not on this computer. Bring, plain or as .gz:",
        "  a",
        "  b",
        "  from the source. Looked in:",
        f"  {tmp_path}/half (lacks b)",
        f"  {tmp_path}/empty (has none of them)",
        f"  {tmp_path}/absent (no such directory)",
        "  Put them into one of these directories, or set HARMONIUM_DATA "
        f"(now {shown}) to the directory that holds them.",
    ]


def test_message_says_how_to_fetch(tmp_path):
    with pytest.raises(FileNotFoundError, match="\n  To fetch them over the network: type this$"):
        find(["a"], [tmp_path], title="T", origin="O", fetched_by="type this")


def test_fetched_files_go_to_the_variable_or_the_cache(monkeypatch):
    monkeypatch.setenv("HARMONIUM_DATA", "/root-of-data")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert home("a") == Path("/root-of-data/a")
    monkeypatch.delenv("HARMONIUM_DATA")
    assert home("a") == Path("/cache/harmonium/a")
    assert home("a") in places("a")


def test_a_name_far_from_all_gives_only_the_list():
    assert nearest("zzz", ["a", "b"]) == ". There are: a, b"
