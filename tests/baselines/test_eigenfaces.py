"""Look-up by principal components."""

from types import SimpleNamespace

import torch

from harmonium.baselines.eigenfaces import Eigenfaces
from harmonium.data import DataSet, Split


def test_components_of_little_variance_are_left_out():
    source = torch.Generator().manual_seed(0)
    y = torch.arange(60) % 6
    x = torch.cat([5 * torch.eye(6)[y], 0.9 * torch.randn(60, 40, generator=source)], 1)
    data = DataSet("toy", Split(x, y), test=Split(x, y), classes=tuple("abcdef"))
    trial = SimpleNamespace(data=data, labelled=lambda split: split.labelled())
    by_part = Eigenfaces(components=5)(trial)
    whole = Eigenfaces(components=None)(trial)
    assert by_part["look_up_top_1"] > max(0.9, whole["look_up_top_1"])
