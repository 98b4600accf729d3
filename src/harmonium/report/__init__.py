"""Reports: reads the records of a run, draws figures and writes one self-contained HTML file.

Names are imported on first use: `import harmonium.report` needs neither torch nor matplotlib.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harmonium.report.animation import animated, strip
    from harmonium.report.basis import growth, weighted_sum
    from harmonium.report.charts import bars, confusion
    from harmonium.report.comparison import compare
    from harmonium.report.heights import contours, landscapes
    from harmonium.report.histograms import histogram
    from harmonium.report.lines import curves, mark, traces
    from harmonium.report.matrix import heat
    from harmonium.report.page import Code, Page, Picture, Section, render, write
    from harmonium.report.pictures import filters, images, reconstructions, strips
    from harmonium.report.run_page import write_run
    from harmonium.report.tables import Table

_HOME = {
    "Code": "page",
    "Page": "page",
    "Picture": "page",
    "Section": "page",
    "Table": "tables",
    "animated": "animation",
    "bars": "charts",
    "compare": "comparison",
    "confusion": "charts",
    "contours": "heights",
    "curves": "lines",
    "filters": "pictures",
    "growth": "basis",
    "heat": "matrix",
    "histogram": "histograms",
    "images": "pictures",
    "landscapes": "heights",
    "mark": "lines",
    "reconstructions": "pictures",
    "render": "page",
    "strip": "animation",
    "strips": "pictures",
    "traces": "lines",
    "weighted_sum": "basis",
    "write": "page",
    "write_run": "run_page",
}

__all__ = [
    "Code",
    "Page",
    "Picture",
    "Section",
    "Table",
    "animated",
    "bars",
    "compare",
    "confusion",
    "contours",
    "curves",
    "filters",
    "growth",
    "heat",
    "histogram",
    "images",
    "landscapes",
    "mark",
    "reconstructions",
    "render",
    "strip",
    "strips",
    "traces",
    "weighted_sum",
    "write",
    "write_run",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOME:
        raise AttributeError(f"module 'harmonium.report' has no attribute {name!r}")
    return getattr(importlib.import_module(f"harmonium.report.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
