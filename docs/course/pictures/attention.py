"""Picture of the page on attention: the alignment of a date."""

from pathlib import Path
from tempfile import TemporaryDirectory

from harmonium import train
from harmonium.apply import Trained
from harmonium.describe.builtin import find
from harmonium.report.alignment import alignment_picture

HERE = Path(__file__).parent
TEXT = "wednesday, 04 march 1998"


def draw(model):
    read, write = model.vocabularies
    written, looked = model.alignment({"x": read.encode(TEXT)[None]})
    made = write.decode(written[0])
    print(TEXT, "->", made)
    figure = alignment_picture(looked[0], read=[*TEXT], written=[*made])
    figure.savefig(HERE / "attention.png", dpi=110)


def main():
    with TemporaryDirectory() as folder:
        draw(Trained(train(find("dates_attention"), output=folder)).able("aligns"))


if __name__ == "__main__":
    main()
