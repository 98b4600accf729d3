"""Every part of every recipe's run: the same numbers in ONNX Runtime, or a reason in words."""

from typing import get_args

import pytest

from harmonium.apply import Trained, part_of
from harmonium.errors import UsageError
from harmonium.export import What, check_onnx
from harmonium.export.onnx_file import onnx_bytes
from harmonium.extras import installed
from tests.matrix.miniature import RECIPES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not installed("onnxruntime"), reason="the extra export is missing"),
]

REASONS = (
    "no model of this run",
    "ONNX cannot express this part",
    "the number of rows is fixed",
    "cannot be undone",
)


@pytest.mark.parametrize("name", RECIPES)
def test_every_part_is_written_or_has_a_reason(name, runs):
    used, done = Trained(runs(name)), {}
    for what in get_args(What):
        try:
            chosen = part_of(used, what)
            worst = check_onnx(onnx_bytes(chosen), chosen)
        except UsageError as error:
            done[what] = str(error)
        else:
            done[what] = worst
            assert worst <= (6.0 if chosen.random else 1e-5)
    print(name, done)
    for result in done.values():
        assert isinstance(result, float) or any(reason in result for reason in REASONS), done
    assert any(isinstance(result, float) for result in done.values()), done
