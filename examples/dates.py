"""Dates in many forms to ISO form by an encoder and a decoder with attention.

python examples/dates.py                    # learns, tests, draws alignments: half a minute
python examples/dates.py --updates 200
"""

import argparse
import datetime
from pathlib import Path

import torch
from torch import nn

from harmonium.data import Vocabulary
from harmonium.nets.transducer import Transducer
from harmonium.random import generator, seeded
from harmonium.report import Page, Picture, Section, write
from harmonium.report.matrix import heat

FORMS = ("%d %B %Y", "%B %d, %Y", "%d %b %y", "%A, %d %B %Y", "%d/%m/%Y", "%b %d %Y", "%d.%m.%y")
FIRST, DAYS = datetime.date(1970, 1, 1), 20_000
SOURCES = Vocabulary(tuple(sorted(set("0123456789abcdefghijklmnopqrstuvwxyz ,./"))))
TARGETS = Vocabulary(tuple("-0123456789"))
LENGTH = 10
BATCH = 128
SHOWN = ("wednesday, 04 march 1998", "dec 31 2019")


def pairs(days, source):
    """Dates in a form that is drawn for each, and in ISO form."""
    forms = torch.randint(len(FORMS), (len(days),), generator=source).tolist()
    dates = [FIRST + datetime.timedelta(days=day) for day in days.tolist()]
    written = [date.strftime(FORMS[k]).lower() for date, k in zip(dates, forms, strict=True)]
    return written, [date.isoformat() for date in dates]


def encoded(texts, vocabulary):
    """Indices (n, longest), -1 after the end."""
    rows = [vocabulary.encode(text) for text in texts]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1)


def learned(updates=500, seed=0):
    """A net that has learned from days of the first 90 %, in a random order; the other days."""
    source = generator(seed)
    order = torch.randperm(DAYS, generator=source)
    train, test = order[: DAYS * 9 // 10], order[DAYS * 9 // 10 :]
    with seeded(seed):
        net = Transducer(len(SOURCES), len(TARGETS))
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, updates)
    for _ in range(updates):
        chosen = train[torch.randint(len(train), (BATCH,), generator=source)]
        written, iso = pairs(chosen, source)
        target = encoded(iso, TARGETS)
        logits, _ = net(encoded(written, SOURCES), target)
        optimiser.zero_grad()
        nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten()).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        decay.step()
    return net.eval(), test


def accuracy(net, days, seed=1):
    """Share of dates that are right in every character."""
    written, iso = pairs(days, generator(seed))
    found, _ = net.transduce(encoded(written, SOURCES), LENGTH)
    return float((found == encoded(iso, TARGETS)).all(1).double().mean())


def alignment(net, text):
    """The output for a text, and where each of its characters looked, (10, characters)."""
    found, a = net.transduce(encoded([text], SOURCES), LENGTH)
    return TARGETS.decode(found[0]), a[0]


def picture(net, text):
    """Draws the alignment: a row for each character written, a column for each one read."""
    made, a = alignment(net, text)
    figure = heat(a, x_label=f"read: {text}", y_label=f"written: {made}")
    axes = figure.axes[0]
    axes.set_xticks(range(len(text)), [*text])
    axes.set_yticks(range(len(made)), [*made])
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=500)
    parser.add_argument("--output", type=Path, default=Path("dates.html"))
    args = parser.parse_args()
    net, test = learned(args.updates)
    share = accuracy(net, test)
    print(f"new dates right in every character: {share:.2%} of {len(test)}")
    parts = []
    for text in SHOWN:
        made = alignment(net, text)[0]
        print(text, "->", made)
        alt = f"Where each character of {made} looked in {text}"
        parts.append(Picture(picture(net, text), alt=alt, caption=f"{alt}."))
    page = Page(
        title="Dates", verdict=f"{share:.2%} of new dates", sections=[Section("Alignments", parts)]
    )
    print(write(page, args.output))


if __name__ == "__main__":
    main()
