"""Picture of the page on music: a test chorale, and what a net makes of its beginning."""

import tempfile
from pathlib import Path

from harmonium.describe.builtin import find
from harmonium.report.evidence import Evidence
from harmonium.report.sections.music import section
from harmonium.training import train

HERE = Path(__file__).parent

with tempfile.TemporaryDirectory() as folder:
    evidence = Evidence(train(find("chorales_lstm"), output=Path(folder)))
    evidence.read_data()
    (picture,) = section(evidence).parts
    picture.figure.set_size_inches(7, 5)
    picture.figure.savefig(HERE / "music.png", dpi=110)
