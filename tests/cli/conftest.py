import pytest
from typer.testing import CliRunner

from harmonium.cli.app import app


@pytest.fixture
def harmonium(tmp_path, monkeypatch):
    """Runs the program in this process, in an empty directory: ``harmonium("runs", "ls")``."""
    monkeypatch.chdir(tmp_path)

    def run(*args, **options):
        return CliRunner().invoke(app, [str(arg) for arg in args], **options)

    return run


@pytest.fixture
def refused(harmonium):
    """Runs what must fail; returns its one message, which names no traceback and no result."""

    def run(*args, code=2, **options):
        result = harmonium(*args, **options)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        assert result.stdout == ""
        return result.stderr

    return run
