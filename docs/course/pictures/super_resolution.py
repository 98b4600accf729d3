"""Picture of the page on super-resolution: small patches, enlarged in two ways, and originals."""

from pathlib import Path
from tempfile import TemporaryDirectory

from harmonium.report.evidence import Evidence
from harmonium.report.sections.resolution import section
from harmonium.training import train

with TemporaryDirectory() as folder:
    run = train("photographs_espcn", output=folder)
    print(run.results["trials"][0]["methods"])
    seen = Evidence(run)
    seen.read_data()
    picture, table = section(seen).parts
    print(table.rows, table.caption)
    picture.figure.savefig(Path(__file__).parent / "super_resolution.png", dpi=90)
