"""Picture of the page on Markov chains: which letter follows which, and how often."""

from pathlib import Path

from harmonium.data import tiny_shakespeare
from harmonium.nets import MarkovChain
from harmonium.nets.markov import stationary
from harmonium.report.style import MUTED, PALETTE, blank

data = tiny_shakespeare()
known = data.vocabulary
text = known.decode(data.columns["x"].joined(data.train.x).tolist()).lower()
letters = " abcdefghijklmnopqrstuvwxyz"
text = " ".join("".join(c if c in letters else " " for c in text).split()) + " "
chain = MarkovChain([*letters], smoothing=0.01)
tokens = chain.vocabulary.encode(text)
chain.count(tokens[None])
matrix, share = chain.transitions(), tokens.bincount(minlength=27) / len(tokens)
figure = blank(8, 3.6, layout="constrained")
left, right = figure.subplots(1, 2, width_ratios=[1, 0.8])
left.imshow(matrix.sqrt(), cmap="Blues", vmin=0)
names = ["_", *letters[1:]]
left.set_xticks(range(27), names, fontsize=6)
left.set_yticks(range(27), names, fontsize=6)
left.set_title("next letter after each letter", fontsize=9, loc="left")
right.bar(range(27), stationary(matrix), color=PALETTE[0], label="stationary")
right.plot(share, ".", color=PALETTE[1], markersize=4, label="in the text")
right.set_xticks(range(27), names, fontsize=6)
right.tick_params(axis="y", labelsize=7)
right.legend(fontsize=7, frameon=False)
right.spines[["top", "right"]].set_visible(False)
right.spines[["left", "bottom"]].set_color(MUTED)
figure.savefig(Path(__file__).parent / "markov_chain.png", dpi=90)
