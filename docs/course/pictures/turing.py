"""Picture of the page on the neural Turing machine: its heads while it copies a sequence."""

from pathlib import Path
from tempfile import TemporaryDirectory

from harmonium import train
from harmonium.apply import Trained
from harmonium.describe.builtin import find
from harmonium.report.heads import heads_picture

HERE = Path(__file__).parent
TEXT = "2601537420617354261740365217305426471065"


def draw(model):
    read, write = model.vocabularies
    written, heads = model.addresses(read.encode(TEXT))
    made = write.decode(written)
    print(TEXT, "->", made)
    figure = heads_picture(heads, steps=[*TEXT, "|", *made, "."], mark=len(TEXT) + 1)
    figure.savefig(HERE / "turing.png", dpi=110)


def main():
    with TemporaryDirectory() as folder:
        draw(Trained(train(find("copy_ntm"), output=folder)).able("addresses"))


if __name__ == "__main__":
    main()
