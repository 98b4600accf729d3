"""The specimen runs, made once; nobody changes what is in them but for their reports."""

import pytest

from harmonium.report.evidence import Evidence
from tests.report import specimens


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Name -> (run, data), each made at first use."""
    folder, found = tmp_path_factory.mktemp("runs"), {}

    def make(name):
        if name not in found:
            found[name] = getattr(specimens, name)(folder)
        return found[name]

    return make


@pytest.fixture
def evidence(made):
    """Name -> what a report sees of that run."""

    def see(name, **settings):
        run, data = made(name)
        return Evidence(run, **{"data": data, **settings})

    return see
