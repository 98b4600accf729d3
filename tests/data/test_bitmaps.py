"""Bitmaps of the digits."""

import torch

from harmonium.data.bitmaps import digit_codes


def test_codes_differ_and_are_of_ink_and_paper():
    codes = digit_codes()
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    apart = torch.cdist(codes, codes, p=1) / 2
    assert int(apart[~torch.eye(10, dtype=torch.bool)].min()) >= 9


def test_ink_of_every_digit_hangs_together():
    for code in digit_codes().reshape(10, 12, 7) > 0:
        reached = torch.zeros_like(code)
        start = code.nonzero()[0]
        reached[tuple(start)] = True
        for _ in range(84):
            near = torch.nn.functional.max_pool2d(reached[None].float(), 3, 1, 1)[0] > 0
            reached = near & code
        assert torch.equal(reached, code)
