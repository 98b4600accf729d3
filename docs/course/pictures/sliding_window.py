"""Picture of the page on sliding windows: test scenes of digits_search with what is found."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from harmonium.report.evidence import Evidence
from harmonium.report.sections.found_objects import section
from harmonium.training import train

with TemporaryDirectory() as folder:
    with patch("harmonium.report.write_run"):  # the page is not needed
        run = train("digits_search", output=folder)
    evidence = Evidence(run)
    evidence.read_data()
    picture, table = section(evidence).parts
    picture.figure.savefig(Path(__file__).parent / "sliding_window.png", dpi=66)
