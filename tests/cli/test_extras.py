import tomllib
from pathlib import Path

from harmonium.cli.extras import EXTRAS, extra_of, installed, pip_line

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


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
