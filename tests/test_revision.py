"""The commit of a folder, read without running anything."""

import shutil
import subprocess
from pathlib import Path

import pytest

from harmonium.revision import revision

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git makes the repositories")


def git(folder, *words):
    identity = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
    extra = ["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        [GIT, *identity, *extra, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    git(home, "init", "-q")
    (home / "file").write_text("one")
    git(home, "add", ".")
    git(home, "commit", "-q", "-m", "one")
    return home


@needs_git
def test_the_last_commit_from_anywhere_inside(repository):
    inner = repository / "a" / "b"
    inner.mkdir(parents=True)
    assert revision(repository) == revision(inner) == git(repository, "rev-parse", "HEAD")


@needs_git
@pytest.mark.parametrize("change", ["packed", "detached", "branch", "linked"])
def test_references_of_every_kind(repository, change):
    if change == "packed":
        git(repository, "pack-refs", "--all", "--prune")
        assert not (repository / ".git" / "refs" / "heads" / "main").exists()
    elif change == "detached":
        git(repository, "checkout", "-q", "--detach")
    elif change == "branch":
        git(repository, "checkout", "-q", "-b", "topic/one-two")
    else:
        git(repository, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
        git(repository, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert revision(repository) == git(repository, "rev-parse", "HEAD")


@needs_git
@pytest.mark.parametrize("packed", [False, True])
def test_a_worktree_and_a_submodule(repository, tmp_path, packed):
    if packed:
        git(repository, "pack-refs", "--all")
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    for place in (tmp_path / "side", outer / "inner"):
        assert revision(place) == git(place, "rev-parse", "HEAD")


@needs_git
def test_before_the_first_commit_and_outside_there_is_none(tmp_path):
    assert revision(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert revision(tmp_path) is None


@needs_git
def test_no_program_of_the_configuration_runs(repository, tmp_path):
    hit = tmp_path / "hit"
    with (repository / ".git" / "config").open("a") as file:
        file.write(f'[core]\n\tfsmonitor = "touch {hit}"\n\tpager = "touch {hit}"\n')
        file.write(f'[filter "e"]\n\tclean = "touch {hit}; cat"\n')
    (repository / ".gitattributes").write_text("* filter=e\n")
    (repository / "file").write_text("two")
    assert revision(repository)
    assert not hit.exists()


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"ref: ../../secret\n",
        b"ref: refs/../../secret\n",
        b"ref: refs/heads/loop\n",
        b"ref:",
        b"0" * 39,
        b"\x1b[2J" + b"0" * 40,
        b"\xff" * 200,
        b"ref: refs/heads/" + b"a/" * 30000,
    ],
)
def test_a_damaged_repository_has_none(tmp_path, head):
    home = tmp_path / "r" / ".git"
    (home / "refs" / "heads").mkdir(parents=True)
    (home / "refs" / "heads" / "loop").write_text("ref: refs/heads/loop\n")
    (tmp_path / "secret").write_text("a" * 40)
    (home / "HEAD").write_bytes(head)
    assert revision(home.parent) is None


@pytest.mark.parametrize("text", ["gitdir: /dev\n", "gitdir:", "gitdir: a\0b", "nothing"])
def test_a_file_that_names_no_repository(tmp_path, text):
    (tmp_path / ".git").write_text(text)
    assert revision(tmp_path) is None


def test_what_is_no_file_is_not_read(tmp_path):
    import os

    home = tmp_path / ".git"
    home.mkdir()
    os.mkfifo(home / "HEAD")
    assert revision(tmp_path) is None
    Path(home / "HEAD").unlink()
    (home / "HEAD").symlink_to("/dev/zero")
    assert revision(tmp_path) is None
