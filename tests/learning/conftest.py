import pytest
import torch


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    """The machines here are too small to share among threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
