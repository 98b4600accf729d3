"""Records in; figures and one self-contained HTML file out."""

from harmonium.report.charts import bars, confusion
from harmonium.report.lines import curves
from harmonium.report.page import Code, Page, Picture, Section, render, write
from harmonium.report.pictures import filters, images, reconstructions
from harmonium.report.tables import Table

__all__ = [
    "Code",
    "Page",
    "Picture",
    "Section",
    "Table",
    "bars",
    "confusion",
    "curves",
    "filters",
    "images",
    "reconstructions",
    "render",
    "write",
]
