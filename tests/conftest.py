import os

import pytest


def pytest_collection_modifyitems(items):
    """Tests that read real data sets run where HARMONIUM_DATA says where those are."""
    if os.environ.get("HARMONIUM_DATA"):
        return
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(pytest.mark.skip(reason="HARMONIUM_DATA is not set"))
