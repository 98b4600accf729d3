"""The runs that the cells of the matrix look at, each made once."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harmonium.cli.app import app
from harmonium.training import train
from tests.matrix.miniature import miniature, twins

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Marks the cells of twins as slow."""
    slow = twins()
    for item in items:
        name = item.callspec.params.get("name") if hasattr(item, "callspec") else None
        if name and item.path.is_relative_to(HERE):
            if name in slow:
                item.add_marker(pytest.mark.slow)
            # recipes that keep constant pixels on purpose
            item.add_marker(pytest.mark.filterwarnings("ignore:.* features never change in the"))


@pytest.fixture(scope="session")
def recipes(tmp_path_factory):
    """Name -> the recipe cut down."""
    found = {}

    def cut(name):
        if name not in found:
            found[name] = miniature(name, tmp_path_factory.mktemp(name))
        return found[name]

    return cut


@pytest.fixture(scope="session")
def runs(recipes, tmp_path_factory):
    """Name -> the run of that recipe; a second one has ``again``."""
    found = {}
    folder = tmp_path_factory.mktemp("runs")

    def make(name, again=0):
        if (name, again) not in found:
            found[name, again] = train(recipes(name), output=folder)
        return found[name, again]

    return make


@pytest.fixture
def verb(tmp_path, monkeypatch):
    """Runs a verb in an empty folder; gives its JSON, its text, or its refusal in words."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert "Traceback" not in result.output
        assert "a bug in harmonium" not in result.output
        if result.exit_code == 2:
            assert result.stdout == ""
            return Refusal(result.stderr)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in words else result.stdout

    return run


class Refusal(str):
    """What a verb said instead of doing its work."""
