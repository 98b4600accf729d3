"""Optional packages: a missing one is one line with the pip command, a broken one a traceback."""

import sys
import tomllib
from pathlib import Path

import pytest

from harmonium.extras import EXTRAS, extra_of, installed, need, pip_line

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_the_extras_are_those_of_the_project():
    declared = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    for extra, packages in EXTRAS.items():
        assert {line.partition(">=")[0] for line in declared[extra]} == set(packages)


def test_every_module_is_that_of_its_package():
    for packages in EXTRAS.values():
        for module in packages.values():
            assert installed(module), module


def test_a_missing_package_is_not_installed():
    assert not installed("no_such_package")
    assert not installed("no_such_package.inside")


def test_modules_find_their_extra():
    assert extra_of("ruamel.yaml") == "app"
    assert extra_of("h5py._hl.files") == "data"
    assert extra_of("numpy") is None
    assert pip_line("tracking") == 'pip install "harmonium[tracking]"'


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("jinja2", 'this needs jinja2: pip install "harmonium[app]"'),
        ("PIL.Image", 'this needs pillow: pip install "harmonium[app]"'),
        ("pyarrow.parquet", 'this needs pyarrow: pip install "harmonium[data]"'),
    ],
)
def test_a_missing_package_is_one_line_with_the_remedy(module, line, monkeypatch):
    monkeypatch.setitem(sys.modules, module.partition(".")[0], None)
    monkeypatch.delitem(sys.modules, module, raising=False)
    if "." not in module:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError) as caught:
        need(module)
    assert str(caught.value) == line


def test_a_package_that_misses_another_one_is_not_blamed(monkeypatch, tmp_path):
    (tmp_path / "holds_a_gap.py").write_text("import surely_not_installed")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="surely_not_installed"):
        need("holds_a_gap")


def test_a_module_of_no_extra_is_simply_missing():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        need("no_such_package")
