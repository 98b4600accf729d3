"""Who wins a Go game: a value net that never saw the game, beside counted areas, game by game.

python examples/go_value.py                        # 13 games of AlphaGo, each left out once
python examples/go_value.py --count                # games of 2004 whose final areas are decided

Both need the records of Go games in $HARMONIUM_DATA.
"""

import argparse
from pathlib import Path

import torch
from ruamel.yaml import YAML

from harmonium.baselines.area_count import AreaCount
from harmonium.catalogue.find import find, places
from harmonium.data import DataSet
from harmonium.data.go import Game, Position, areas, go_games, play, played_out, read_games
from harmonium.describe.builtin import find as built_in
from harmonium.judges.outcome import outcomes
from harmonium.learning import Descent, SquaredError
from harmonium.nets import GoValue, Net
from harmonium.random import seeded

LAYERS = YAML(typ="safe").load(built_in("go_value"))["model"]["net"]["layers"]
"""Those of the recipe."""

PLAYED = 200
"""Moves below which no game of 19 x 19 is played out."""


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--count", action="store_true")
    options.add_argument("--epochs", type=int, default=4)
    options.add_argument("--games", type=int, default=None, help="of the list, for --count")
    args = options.parse_args()
    if args.count:
        (path,) = find(["tom_9d_2004.txt.xz"], places("go"), title="Go games", origin="see docs")
        count(read_games(Path(path))[: args.games])
        return
    data = go_games(records="alphago", target="outcome", per_game=60, test=0.0)
    report(predictions(data, epochs=args.epochs))


def predictions(data, *, epochs):
    """Outcomes, and three predictions for every position by what never saw its game."""
    rows, kinds = data.train, data.columns
    game = rows.columns["game"]
    found = {"net": [], "areas": [], "colour": [], "true": [], "game": []}
    for held in game.unique():
        out = game == held
        train, test = (rows.take(part.nonzero().flatten()) for part in (~out, out))
        part = DataSet("go", train, test=test, columns=kinds)
        net = learned(part, epochs=epochs)
        with torch.no_grad():
            found["net"].append(net(part.test.batch(slice(None))["x"]))
        found["areas"].append(AreaCount().predicted(part))
        found["colour"].append(AreaCount(areas=False).predicted(part))
        found["true"].append(test.targets)
        found["game"].append(test.columns["game"])
    return {name: torch.cat(values) for name, values in found.items()}


def learned(data, *, epochs):
    """A net that has learned the training games, as in the recipe go_value."""
    size = data.columns["x"].shape
    with seeded(0):
        net = GoValue(Net(size, LAYERS, outputs="values"))
    net.net.rescaled.fit(data.train.targets)
    source = torch.Generator().manual_seed(0)
    net.source = source
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.1)
    updates = epochs * -(-len(data.train) // 32)
    decay = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=updates)
    learner = Descent(net, optimiser, SquaredError())
    for _ in range(epochs):
        for rows in torch.randperm(len(data.train), generator=source).split(32):
            learner.step(data.train.batch(rows))
            decay.step()
    return net.eval()


def report(found):
    """Prints the figures of each way, with errors over games."""
    for name in ("net", "areas", "colour"):
        own = outcomes(found["true"], found[name], game=found["game"])
        print(
            f"{name:7} squared error {own['outcome_error']:.3f} +- "
            f"{own['outcome_error_stderr']:.3f}, winners named {own['winner_share']:.1%} +- "
            f"{own['winner_share_stderr']:.1%}"
        )


def count(games, *, at_once=250):
    """Prints how many games end with areas that are decided, and the margins of these."""
    long = [game for game in games if len(game.moves) >= PLAYED]
    margins = []
    for first in range(0, len(long), at_once):
        board = final(long[first : first + at_once])
        black, white, _ = areas(board[played_out(board)]).unbind(1)
        margins += (black - white).tolist()
    print(f"{len(margins)} of {len(games)} games are played out; black is ahead by {margins}")


def final(games: list[Game]):
    """The last boards of games."""
    longest = max(len(game.moves) for game in games)
    moves = torch.full((len(games), longest), -1, dtype=torch.int64)
    for row, game in enumerate(games):
        moves[row, : len(game.moves)] = torch.tensor(game.moves)
    position = Position.empty(len(games))
    for number in range(longest):
        position = play(position, moves[:, number])
    return position.board


if __name__ == "__main__":
    main()
