"""A convolutional RBM of photographs learns kernels of edges, which noise and PCA are not."""

import os
from pathlib import Path

import pytest
import torch

from harmonium.describe.builtin import find
from harmonium.learning.frequencies import selectivity, tuning
from harmonium.report.evidence import Evidence
from harmonium.training import train


def edges(kernels):
    """Number of kernels with one frequency and one direction."""
    return int(((tuning(kernels) >= 0.6) & (selectivity(kernels) >= 0.5)).sum())


@pytest.mark.slow
@pytest.mark.data
def test_kernels_are_edges_more_often_than_components_of_the_patches(tmp_path):
    """Measured: 12 of 24 kernels, 30 of 121 components."""
    photographs = Path(os.environ["HARMONIUM_DATA"], "natural-images", "bsds500_train80.tar")
    source = [f"data.source.path={photographs}", "data.source.test=0.1"]
    run = train(find("patches_conv_rbm"), *source, "train.epochs=1", output=tmp_path)
    evidence = Evidence(run)
    evidence.read_data()
    kernels = run.machine(0).connections["v-h"].weight.detach()[:, 0]
    patches = evidence.data.train.x.reshape(-1, 32, 32)[:, 10:21, 10:21].flatten(1)
    components = torch.linalg.svd(patches - patches.mean(0), full_matrices=False).Vh
    share = edges(kernels) / len(kernels)
    assert share >= 0.4
    assert share > edges(components.reshape(-1, 11, 11)) / len(components)
    noise = torch.randn(500, 11, 11, generator=torch.Generator().manual_seed(0))
    assert edges(noise) == 0
