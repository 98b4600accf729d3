"""``python -m harmonium`` is ``harmonium``."""

from harmonium.cli import main

main()
