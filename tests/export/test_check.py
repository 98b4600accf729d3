"""The comparison finds files that compute something else."""

import pytest

import harmonium
from harmonium.errors import UsageError
from harmonium.export import check_onnx, part
from harmonium.export.onnx_file import onnx_bytes
from harmonium.extras import installed
from harmonium.models import adapted
from tests.export.test_onnx_file import random_machine

pytestmark = pytest.mark.skipif(not installed("onnxruntime"), reason="the extra export is missing")


@pytest.mark.parametrize("what", ["encode", "gibbs"])
def test_the_file_of_another_machine_is_refused(what):
    one = part(adapted(random_machine(harmonium.rbm(5, 3))), what)
    other = part(adapted(random_machine(harmonium.rbm(5, 3), seed=1)), what)
    content = onnx_bytes(one)
    check_onnx(content, one)
    with pytest.raises(UsageError, match="differ by"):
        check_onnx(content, other)
