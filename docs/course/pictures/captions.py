"""Picture of the page on captions: test pictures with the captions that the model writes."""

from pathlib import Path
from tempfile import TemporaryDirectory

from harmonium import train
from harmonium.apply import Trained
from harmonium.describe.builtin import find
from harmonium.report.captioned import captioned
from harmonium.sampling.picking import Pick

HERE = Path(__file__).parent
ROWS = 8


def draw(used):
    model, split = used.able("describes"), used.dataset().test
    batch = split.batch(slice(ROWS))
    rows = {
        "written": model.described(batch, pick=Pick(temperature=0.0)),
        "data": batch["target"],
    }
    texts = [
        {way: model.vocabulary.decode(words[k]) for way, words in rows.items()}
        for k in range(ROWS)
    ]
    figure = captioned(batch["x"].flatten(1), batch["x"].shape[1:], texts=texts)
    figure.savefig(HERE / "captions.png", dpi=110)


def main():
    with TemporaryDirectory() as folder:
        draw(Trained(train(find("shapes_captions"), output=folder)))


if __name__ == "__main__":
    main()
