"""A linear memory: a product, of the values that it recalls."""

import pytest
import torch

from harmonium import load, save
from harmonium.nets import LinearMemory


def test_recall_is_a_product(tmp_path):
    memory = LinearMemory(3, 2)
    with torch.no_grad():
        memory.weight.copy_(torch.tensor([[2.2, 1.6, 0], [-1, 0, 0]]))
    x = torch.tensor([[1.0, 0, 0], [0.6, 0.8, 0]])
    torch.testing.assert_close(memory(x), torch.tensor([[2.2, -1], [2.6, -0.6]]))
    back = load(save(memory, tmp_path / "memory.safetensors"))
    assert torch.equal(back(x), memory(x))
    assert (back.units, back.recalls) == ((3, 2), "classes")


def test_values_are_codes_of_classes_or_the_rows():
    batch = {"x": torch.rand(2, 3), "y": torch.tensor([1, 0])}
    assert LinearMemory(3, 2).values(batch).tolist() == [[0, 1], [1, 0]]
    assert torch.equal(LinearMemory(3, 3, recalls="rows").values(batch), batch["x"])


def test_a_memory_of_rows_is_square():
    with pytest.raises(ValueError, match="needs as many outputs"):
        LinearMemory(3, 2, recalls="rows")
