import os

import pytest
import torch

torch.set_num_threads(1)  # threads of one short product wait for each other on shared cores


def pytest_collection_modifyitems(items):
    """Tests that read real data sets run where HARMONIUM_DATA says where those are."""
    if os.environ.get("HARMONIUM_DATA"):
        return
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(pytest.mark.skip(reason="HARMONIUM_DATA is not set"))
