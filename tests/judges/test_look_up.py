"""Who is on a picture, if one picture of everybody is known."""

import pytest
import torch

from harmonium.judges.look_up import looked_up


def people(spread, n=8, each=5):
    source = torch.Generator().manual_seed(0)
    middle = torch.randn(n, 1, 6, generator=source)
    codes = middle + spread * torch.randn(n, each, 6, generator=source)
    return codes.flatten(0, 1), torch.arange(n).repeat_interleave(each) + 3


def test_near_codes_are_looked_up_right_and_codes_of_chance_by_chance():
    codes, labels = people(0.01)
    figures = looked_up(codes, labels)
    assert figures["look_up_top_1"] == figures["look_up_top_5"] == 1.0
    assert figures["rows"] == 40
    source = torch.Generator().manual_seed(1)
    lost = looked_up(torch.randn(400, 6, generator=source), torch.arange(400) % 8)
    assert lost["look_up_top_1"] == pytest.approx(1 / 8, abs=0.05)
    assert lost["look_up_top_5"] == pytest.approx(5 / 8, abs=0.05)


def test_every_row_is_looked_up_in_every_gallery_but_its_own():
    codes, labels = people(0.6)
    distance = 1 - torch.nn.functional.cosine_similarity(codes[:, None], codes[None], dim=2)
    right = []
    for gallery in range(5):
        known = torch.arange(8) * 5 + gallery
        for row in set(range(40)) - set(known.tolist()):
            right.append(int(distance[row, known].argmin()) == row // 5)
    assert looked_up(codes, labels)["look_up_top_1"] == pytest.approx(sum(right) / len(right))
    shuffled = torch.randperm(40, generator=torch.Generator().manual_seed(2))
    again = looked_up(codes[shuffled], labels[shuffled])
    assert 0.3 < again["look_up_top_1"] < 1
