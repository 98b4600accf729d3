import errno
import re
import warnings
from pathlib import Path

import pytest
import torch
import typer
from typer.testing import CliRunner

from harmonium.cli.guard import guarded, show_traceback, verdict
from harmonium.data import check_array
from harmonium.errors import DivergenceError
from harmonium.runs import Locked


def ours() -> ValueError:
    """A ValueError that the library raised."""
    try:
        check_array(torch.zeros(0, 2), name="rows")
    except ValueError as error:
        return error
    raise AssertionError


def foreign() -> ValueError:
    try:
        torch.zeros(2).item()
    except (ValueError, RuntimeError) as error:
        return ValueError(str(error)).with_traceback(error.__traceback__)
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (FileNotFoundError("MNIST is not here"), 2, "MNIST is not here"),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "x.npy"),
            2,
            "x.npy: no such",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "runs"), 2, "runs: permission denied"),
        (OSError(errno.ENOSPC, "No space left on device", "a"), 1, "a: no space left on device"),
        (DivergenceError("learning diverged"), 1, "learning diverged"),
        (MemoryError(), 1, "a smaller batch_size needs less"),
        (
            RuntimeError(
                "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't "
                "allocate memory: you tried to allocate 512000000000 bytes. Error code 12 (Cannot)"
            ),
            1,
            r"out of memory \(476.8 GiB at once\): a smaller batch_size",
        ),
        (
            torch.OutOfMemoryError("CUDA out of memory.\nmore"),
            1,
            r"out of memory \(CUDA out of mem",
        ),
        (ImportError('needs h5py: pip install "x"'), 3, "needs h5py"),
        (
            ModuleNotFoundError("No module named 'h5py'", name="h5py"),
            3,
            r'h5py, which is not installed: pip install "harmonium\[data\]"',
        ),
        (ours(), 2, "empty: pass at least one row"),
        (Locked("runs/a: process 7 on b works on this run"), 2, "process 7 on b works on this"),
    ],
)
def test_what_was_foreseen_has_a_code_and_a_message(error, code, message):
    found = verdict(error)
    assert found is not None
    assert found[0] == code
    assert re.search(message, found[1])


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        RuntimeError("x"),
        ValueError("x"),
        ModuleNotFoundError("x", name="colorama"),
        foreign(),
    ],
)
def test_what_was_not_is_a_bug(error):
    assert verdict(error) is None


def program(error: BaseException) -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.command()
    def verb() -> None:
        """Fails."""
        guarded(fail)()

    def fail():
        raise error

    return app


def test_a_bug_is_one_line_and_a_file_with_the_traceback():
    result = CliRunner().invoke(program(KeyError("weights")))
    assert (result.exit_code, result.stdout) == (1, "")
    line = re.fullmatch(
        r"error: a bug in harmonium: KeyError: 'weights'\. The traceback is in (\S+)\n",
        result.stderr,
    )
    assert line is not None
    file = Path(line[1])
    assert "raise error" in file.read_text()
    file.unlink()


def test_a_bug_is_said_where_its_traceback_cannot_be_written(monkeypatch):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", full)
    result = CliRunner().invoke(program(KeyError("weights")))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a bug in harmonium: KeyError: 'weights'. harmonium --traceback" in result.stderr


def test_the_traceback_is_shown_to_who_asks():
    token = show_traceback.set(True)
    result = CliRunner().invoke(program(KeyError("weights")))
    show_traceback.reset(token)
    assert result.stderr.startswith("Traceback (most recent call last):")
    assert result.stderr.endswith("error: a bug in harmonium: KeyError: 'weights'\n")


def test_control_c_is_no_error():
    result = CliRunner().invoke(program(KeyboardInterrupt()))
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_a_result_is_passed_on():
    assert guarded(lambda x: x + 1)(1) == 2


def test_a_warning_is_one_line():
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)

    def verb() -> None:
        """Warns."""
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("few rows", UserWarning, stacklevel=2)

    app.command()(guarded(verb))
    result = CliRunner().invoke(app)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "warning: few rows\n")
