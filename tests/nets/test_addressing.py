"""Addresses against their formulas, slot by slot."""

import math

import pytest
import torch

from harmonium.nets.addressing import by_content, mixed, rewritten, sharpened, shifted

SOURCE = torch.Generator().manual_seed(0)
ROWS, HEADS, SLOTS, WIDTH = 3, 2, 5, 4


def drawn(*shape):
    return torch.randn(shape, generator=SOURCE, dtype=torch.float64)


def weights():
    return drawn(ROWS, HEADS, SLOTS).softmax(-1)


def test_content_is_a_softmax_of_cosines():
    memory, key = drawn(ROWS, SLOTS, WIDTH), drawn(ROWS, HEADS, WIDTH)
    strength = drawn(ROWS, HEADS, 1).exp()
    found = by_content(memory, key, strength=strength)
    for b in range(ROWS):
        for h in range(HEADS):
            k, beta = key[b, h].tolist(), float(strength[b, h])
            powers = []
            for slot in memory[b].tolist():
                dot = sum(x * y for x, y in zip(k, slot, strict=True))
                powers.append(math.exp(beta * dot / (math.hypot(*k) * math.hypot(*slot))))
            expected = [p / sum(powers) for p in powers]
            assert found[b, h].tolist() == pytest.approx(expected, abs=1e-12)


def test_a_sure_key_finds_its_slot():
    memory = drawn(1, SLOTS, WIDTH)
    found = by_content(memory, memory[:, 3:4] * 7, strength=torch.full((1, 1, 1), 1e4).double())
    assert found[0, 0].tolist() == pytest.approx([0, 0, 0, 1, 0], abs=1e-9)


def test_a_blank_memory_has_no_preference():
    found = by_content(
        torch.zeros(1, 4, 2), torch.ones(1, 1, 2), strength=torch.full((1, 1, 1), 9.0)
    )
    assert found.flatten().tolist() == [0.25] * 4


def test_the_gate_mixes():
    one, other = weights(), weights()
    gate = torch.full((ROWS, HEADS, 1), 0.3).double()
    torch.testing.assert_close(mixed(one, other, gate=gate), 0.3 * one + 0.7 * other)


def test_steps_move_along_a_ring():
    w, s = weights(), drawn(ROWS, HEADS, 3).softmax(-1)
    found = shifted(w, s)
    for i in range(SLOTS):
        expected = sum(s[..., j + 1] * w[..., (i - j) % SLOTS] for j in (-1, 0, 1))
        torch.testing.assert_close(found[..., i], expected)
    torch.testing.assert_close(found.sum(-1), torch.ones(ROWS, HEADS).double())


def test_powers_sharpen():
    w, power = weights(), 1 + drawn(ROWS, HEADS, 1).exp()
    raised = w**power
    torch.testing.assert_close(sharpened(w, power), raised / raised.sum(-1, keepdim=True))
    sure = torch.eye(SLOTS).double()[None]
    torch.testing.assert_close(sharpened(sure, torch.full((1, SLOTS, 1), 3.0).double()), sure)


def test_a_write_erases_and_adds():
    memory, w = drawn(ROWS, SLOTS, WIDTH), weights()[:, 0]
    erase, add = drawn(ROWS, WIDTH).sigmoid(), drawn(ROWS, WIDTH)
    found = rewritten(memory, w, erase=erase, add=add)
    for i in range(SLOTS):
        expected = memory[:, i] * (1 - w[:, i, None] * erase) + w[:, i, None] * add
        torch.testing.assert_close(found[:, i], expected)
