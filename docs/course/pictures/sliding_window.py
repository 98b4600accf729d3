"""Picture of the page on sliding windows: test scenes of digits_search with what is found."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from PIL import Image

from harmonium.report.evidence import Evidence
from harmonium.report.sections.found_objects import section
from harmonium.training import train

with TemporaryDirectory() as folder:
    with patch("harmonium.report.write_run"):  # the page is not needed
        run = train("digits_search", output=folder)
    evidence = Evidence(run)
    evidence.read_data()
    picture, _ = section(evidence).parts
    drawn = BytesIO()
    picture.figure.savefig(drawn, dpi=95)

with Image.open(drawn) as image:  # the upper row is enough
    upper = image.crop((0, 0, image.width, image.height // 2))
upper.save(Path(__file__).parent / "sliding_window.png")
