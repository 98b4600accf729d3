"""A run's ONNX file reads rows as the run's data have them."""

import numpy as np
import pytest
import torch

from harmonium import apply
from harmonium.export.check import run_onnx
from harmonium.extras import installed
from tests.apply.learned import bits, classifier

pytestmark = pytest.mark.skipif(not installed("onnxruntime"), reason="the extra export is missing")


def test_the_transforms_are_a_part_of_the_file(tmp_path):
    used = apply.Trained(classifier())
    path = tmp_path / "net.onnx"
    apply.export_run(used, path, what="forward", verify=True, overwrite=False)
    test = used.dataset().test
    raw = test.x[:50].to(torch.float32)  # grey values before the transform `scale`
    (logits,) = run_onnx(path, raw.reshape(-1, *used.shape).numpy())
    model = used.able("classifies")
    batches = used.batches(test, model)
    log_p = model.log_probs(next(batches)[1])[:50].numpy()
    shifted = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    np.testing.assert_allclose(shifted, log_p, atol=1e-5)
    with pytest.raises(FileExistsError, match="--overwrite"):
        apply.export_run(used, path, what="forward", verify=False, overwrite=False)


def test_parts_of_an_energy_machine():
    used = apply.Trained(bits())
    assert [*apply.part_of(used, "gibbs", steps=2).inputs] == ["v"]
    free = apply.part_of(used, "free_energy")
    (x,) = free.rows(5)
    expected = used.able("free energy").free_energy({"x": x.flatten(1)})
    torch.testing.assert_close(free(x), expected)


def test_safetensors_is_the_file_of_the_run(tmp_path):
    import harmonium

    path = tmp_path / "rbm.safetensors"
    used = apply.Trained(bits())
    apply.export_run(used, path, what="forward", verify=False, overwrite=False)
    same = harmonium.load(path).state_dict()
    for name, value in used.machine.state_dict().items():
        assert torch.equal(value, same[name])
