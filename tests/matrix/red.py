"""Cells of the matrix that are known to fail, each with what is wrong; a mended one must leave.

A cell is (recipe, what it asks); "*" stands for every recipe.
"""

import pytest

__all__ = ["RED", "cells"]

RED: dict[tuple[str, str], str] = {}


def cells(question, names, *more):
    """Parameters for each recipe, ``more`` after its name; a known failure must fail."""
    found = []
    for name in names:
        wrong = RED.get((name, question)) or RED.get(("*", question))
        marks = [pytest.mark.xfail(reason=wrong, strict=True)] if wrong else []
        found.append(pytest.param(name, *more, marks=marks))
    return found
