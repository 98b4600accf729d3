"""Pictures of the page on backpropagation: a small net with its numbers, and the chain."""

from pathlib import Path

from backpropagation import chain_chart, through_chain, two_two_one_layers

from harmonium.report.backward_page import diagram

HERE = Path(__file__).parent

diagram(two_two_one_layers()).savefig(HERE / "backpropagation.png", dpi=160)
chain_chart(*through_chain()).savefig(HERE / "backpropagation-chain.png", dpi=160)
