"""The simulated Personio as one thing: what the simulator mounts, and what ends with it."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask

from ..faults import Faults
from ..options import Options
from ..world import World
from .gate import Gate
from .levers import Levers
from .sender import Sender
from .tokens import Tokens
from .v1 import V1
from .v2 import V2
from .webhooks import Webhooks

PREFIX = "/personio"


class Personio:
    """One account with its people. `mount` puts v1 and v2 under `/personio`."""

    def __init__(
        self, world: World, options: Options, faults: Faults, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.tokens = Tokens(world, options)
        self.gate = Gate(options, self.tokens, faults, clock)
        self.sender = Sender(options)
        self.webhooks = Webhooks(world, options, self.gate, self.sender)
        self.levers = Levers(world, options, self.tokens, self.webhooks)
        self.v1 = V1(world, options, self.tokens, self.gate)
        self.v2 = V2(world, options, self.tokens, self.gate)

    def mount(self, app: Flask) -> None:
        """Adds the addresses."""
        app.register_blueprint(self.v1.blueprint(), url_prefix=f"{PREFIX}/v1")
        app.register_blueprint(self.v2.blueprint(), url_prefix=f"{PREFIX}/v2")
        app.register_blueprint(self.webhooks.blueprint(), url_prefix=f"{PREFIX}/v2/webhooks")

    def stop(self) -> None:
        """Ends the delivery of events."""
        self.sender.stop()
