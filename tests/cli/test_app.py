import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harmonium import __version__

PROBE = """
import json, os, sys
from typer.testing import CliRunner
from harmonium.cli.app import app

HEAVY = ("torch", "numpy", "matplotlib", "sklearn", "scipy", "pandas", "PIL")
os.chdir(sys.argv[1])
found = {}
for line in json.loads(sys.argv[2]):
    result = CliRunner().invoke(app, line)
    found[" ".join(line)] = [result.exit_code, [m for m in HEAVY if m in sys.modules]]
print(json.dumps(found))
"""

VERBS = (
    "suggest init ls cp validate schema summary diagnose train search evaluate predict encode "
    "decode retrieve sample likelihood export import filter visualize report weights doctor "
    "runs data"
).split()
GROUPS = {"runs": ["ls", "show", "compare", "rm"], "data": ["ls", "info", "get", "preview"]}


def test_every_verb_is_there(harmonium):
    text = harmonium("--help").stdout
    listed = [line.split()[0] for line in text.partition("Commands:")[2].split("\n") if line]
    listed = [name for name in listed if name.islower()]
    assert [name for name in listed if name in VERBS] == VERBS
    for group, verbs in GROUPS.items():
        text = harmonium(group, "--help").stdout
        assert all(f"\n  {verb} " in text for verb in verbs)


def test_the_light_verbs_import_nothing_heavy(tmp_path):
    """In one fresh interpreter: help, version, recipes, runs and the list of data sets."""
    lines = [
        ["--help"],
        ["--version"],
        *([verb, "--help"] for verb in VERBS),
        *([group, verb, "--help"] for group, verbs in GROUPS.items() for verb in verbs),
        ["ls"],
        ["init", "mine.yaml"],
        ["suggest", "--task", "text", "-o", "text.yaml"],
        ["validate", "mine.yaml"],
        ["validate", "mine.yaml", "--resolved"],
        ["schema"],
        ["cp", "digits_rbm", "other.yaml"],
        ["validate", "other.yaml", "seed=5"],
        ["runs", "ls"],
        ["runs", "show", "last"],
        ["runs", "compare", "a", "b"],
        ["runs", "rm", "last", "--yes"],
        ["data", "ls"],
        ["data", "info", "mnist"],
    ]
    place = tmp_path / "runs" / "a" / "20260101-000000-aaaa"
    for parent in (place, tmp_path / "runs" / "b" / "20260101-000000-bbbb"):
        for folder in ("checkpoints", "models"):
            (parent / folder).mkdir(parents=True)
        (parent / "status.json").write_text('{"status": "done", "format": 1}')
        for name in ("recipe.yaml", "recipe.resolved.yaml"):
            (parent / name).write_text("version: 1\n")
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path), json.dumps(lines)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {line: result for line, result in found.items() if result != [0, []]} == {}
    assert len(found) == len(lines)


def test_as_a_module_and_as_a_program_it_is_the_same():
    done = subprocess.run(
        [sys.executable, "-m", "harmonium", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"harmonium {__version__}\n", "")
    done = subprocess.run(
        [sys.executable, "-m", "harmonium", "trian"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Usage: harmonium" in done.stderr
    assert "Did you mean 'train'" in done.stderr


def test_no_arguments_show_the_help(harmonium):
    result = harmonium()
    assert result.exit_code == 2
    assert "Commands:" in result.output


def test_version(harmonium):
    assert harmonium("--version").stdout == f"harmonium {__version__}\n"


def test_the_traceback_is_shown_to_who_asks(harmonium):
    quiet = harmonium("validate", "missing.yaml")
    loud = harmonium("--traceback", "validate", "missing.yaml")
    assert quiet.stderr.startswith("error: ")
    assert loud.stderr.startswith("Traceback")
    assert loud.stderr.endswith(quiet.stderr)
    assert (quiet.exit_code, loud.exit_code) == (2, 2)
    assert harmonium("validate", "missing.yaml").stderr == quiet.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_can_be_shown(shell):
    code = (
        f"import sys; sys.argv[1:] = ['--show-completion', {shell!r}]; import harmonium.__main__"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "harmonium" in done.stdout


def test_the_shell_completes_recipes_and_runs(harmonium, tmp_path):
    (tmp_path / "mine.yaml").touch()
    place = tmp_path / "runs" / "digits" / "20260101-000000-aaaa"
    place.mkdir(parents=True)
    (place / "status.json").touch()

    def complete(text):
        words = f"harmonium {text}"
        return harmonium(
            env={
                "_HARMONIUM_COMPLETE": "complete_bash",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split(" ")) - 1),
            },
            prog_name="harmonium",
        ).stdout.split()

    assert complete("train mi") == ["mine.yaml"]
    assert complete("validate digits_rb") == ["digits_rbm"]
    assert complete("runs show runs/d") == ["runs/digits/20260101-000000-aaaa"]
    assert complete("evaluate la") == ["last"]
    assert complete("data info fash") == ["fashion_mnist"]
    assert complete("va") == ["validate"]


def documented():
    """Every command line in the page about them."""
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    lines = re.findall(r"^harmonium .*$|(?<=`)harmonium [^`]*(?=`)", text, re.MULTILINE)
    return [line.partition(" #")[0].partition(" >")[0].split()[1:] for line in lines]


def test_the_page_shows_every_verb():
    shown = {tuple(line[:2] if line[0] in GROUPS else line[:1]) for line in documented()}
    verbs = {(verb,) for verb in VERBS if verb not in GROUPS}
    verbs |= {(group, verb) for group, verbs in GROUPS.items() for verb in verbs}
    assert verbs <= shown


@pytest.mark.parametrize("line", documented(), ids=" ".join)
def test_every_option_on_the_page_exists(harmonium, line):
    verb = [word for word in line[:2] if word in VERBS or line[0] in GROUPS]
    text = harmonium(*verb, "--help").stdout
    for option in [word for word in line if word.startswith("-")]:
        assert option in text


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["tr\x1b[2Jain"], 2),
        (["--no\x1b[2J"], 2),
        (["validate", "a.yaml", "--b\x1b]0;c\x07"], 2),
        (["init", "a.yaml", "b", "c\x1b[2J\u202e"], 2),
        (["runs", "show", "\x1b[2J"], 2),
        (["data", "preview", "\x1b[2J.csv"], 2),
    ],
)
def test_wrong_usage_cannot_steer_the_terminal(line, code, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "harmonium", *line], capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert not set(done.stdout + done.stderr) & set("\x1b\x07\u202e")
