import gc
import os

# Threads of one short product wait for each other on shared cores; programs that a test starts
# inherit this.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(1)

# Nothing of what is collected goes away again: the garbage collector need not look for it.
gc.disable()


def pytest_collection_finish():
    """Leaves the collected tests out of all later searches for garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items):
    """Tests that read real data sets run where HARMONIUM_DATA says where those are."""
    if os.environ.get("HARMONIUM_DATA"):
        return
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(pytest.mark.skip(reason="HARMONIUM_DATA is not set"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``-n``, a worker takes whole files, or all tests that share a run."""
    if config.option.dist != "load":  # another way was asked for
        return None
    from xdist.scheduler import LoadFileScheduling

    class BySharing(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            if file.startswith(BY_RECIPE):
                recipe = nodeid.partition("[")[2].partition("-")[0].rstrip("]")
                return recipe or file
            return TOGETHER if file.startswith(TOGETHER) else file

    return BySharing(config, log)


BY_RECIPE = "tests/matrix/"
"""Folder of tests whose first parameter is a recipe; the tests of one share its run."""

TOGETHER = "tests/report/"
"""Folder whose session fixtures learn what all its files look at."""
