"""A missing package is one line with the pip command; a broken one stays a traceback."""

import sys

import pytest

from harmonium.report.extras import need


def test_a_missing_package_is_one_line_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError) as caught:
        need("jinja2")
    assert str(caught.value) == 'a report needs jinja2: pip install "harmonium[app]"'


def test_a_package_that_misses_another_one_is_not_blamed(monkeypatch, tmp_path):
    (tmp_path / "holds_a_gap.py").write_text("import surely_not_installed")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="surely_not_installed"):
        need("holds_a_gap")
