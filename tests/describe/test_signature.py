"""Signatures from text are those of the objects."""

import inspect
import sys

import pytest

from harmonium.describe.signature import module, read, resolve
from tests.describe import sources

HERE = "tests.describe.sources"
SAME = ["function", "Child", "Record", "More", "Plain", "every"]


@pytest.mark.parametrize("name", SAME)
def test_names_and_required_ones_are_the_real_ones(name):
    mine = {p.name: p for p in read(f"{HERE}:{name}").parameters}
    real = inspect.signature(getattr(sources, name)).parameters
    if name == "Plain":
        real = {}
    assert set(mine) == set(real)
    for key, parameter in real.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            assert mine[key].variadic
        else:
            required = parameter.default is inspect.Parameter.empty
            assert (mine[key].default is None) is required, key


def test_descriptions_come_from_the_docstring():
    found = read(f"{HERE}:function")
    docs = {p.name: p.doc for p in found.parameters}
    assert found.doc == "What it is, on two lines."
    assert docs["first"] == "the first: with a colon."
    assert docs["second"] == "the second, which goes on."
    assert docs["rest"] == "the others."
    assert docs["only"] == ""
    assert read(f"{HERE}:Child").parameters[0].doc == "from above."


def test_imports_are_followed_through_packages():
    home, node = resolve(module("harmonium.units"), "Gaussian")
    assert (home.name, node.name) == ("harmonium.units.gaussian", "Gaussian")
    assert resolve(module("harmonium.units"), "Nothing") is None
    names = [p.name for p in read("harmonium.units:Bernoulli").parameters]
    assert names == ["shape", "tied"]  # of its base class, in another file


def test_relative_imports_are_followed():
    home, _ = resolve(module("torch.optim.sgd"), "Optimizer")
    assert home.name == "torch.optim.optimizer"


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("nowhere.at_all:f", ModuleNotFoundError),
        ("harmonium.nowhere:f", ModuleNotFoundError),
        ("harmonium.bounds:f", LookupError),
        ("harmonium.bounds:Count", LookupError),
    ],
)
def test_what_is_not_there_is_an_error(target, error):
    with pytest.raises(error):
        read(target)


def test_a_module_is_read_and_not_imported():
    before = "harmonium.sampling.diagnose" in sys.modules
    assert read("harmonium.sampling.diagnose:autocorrelation_time" if False else f"{HERE}:Plain")
    module("harmonium.sampling.diagnose")
    assert ("harmonium.sampling.diagnose" in sys.modules) is before
