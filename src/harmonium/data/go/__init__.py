"""Go: the rules for many boards at once, feature planes of positions, records of games."""

from harmonium.data.go.games import Planes, Points, go_games, positions
from harmonium.data.go.ladders import captured_by_ladder, ladders
from harmonium.data.go.planes import feature_planes
from harmonium.data.go.records import Game, read_games
from harmonium.data.go.rules import Position, groups, legal, liberties, play
from harmonium.data.go.scoring import areas, played_out

__all__ = [
    "Game",
    "Planes",
    "Points",
    "Position",
    "areas",
    "captured_by_ladder",
    "feature_planes",
    "go_games",
    "groups",
    "ladders",
    "legal",
    "liberties",
    "play",
    "played_out",
    "positions",
    "read_games",
]
