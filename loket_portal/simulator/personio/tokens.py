"""The tokens: the same one for the same credentials until its life ends, also after a restart."""

from __future__ import annotations

import json
import secrets
import time

from ..options import Options
from ..world import World

PRESENT = "personio_token"
GIVEN_OUT = "personio_secrets"
KEPT = 500


class Tokens:
    """The keeper of the one credential's tokens, and of a list of all that was ever given out (for the secrets test)."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options

    def is_client(self, client_id: object, client_secret: object) -> bool:
        """Whether these are the right credentials."""
        return (client_id, client_secret) == (self.options.personio_client_id, self.options.personio_client_secret)

    def issue(self) -> tuple[str, int]:
        """The token and for how many seconds it lives on."""
        with self.world.transaction():
            token, ends = self._present()
            if ends <= time.time():
                token, ends = f"papi-{secrets.token_urlsafe(32)}", time.time() + self.options.personio_token_life
                self.world.remember(PRESENT, json.dumps([token, ends]))
                note_secret(self.world, token)
        return token, round(ends - time.time())

    def is_valid(self, token: str) -> bool:
        """Whether a call with that token may go on."""
        present, ends = self._present()
        return bool(token) and secrets.compare_digest(token, present) and ends > time.time()

    def expire(self) -> None:
        """Ends the token; the next request for one gets another."""
        self.world.remember(PRESENT, json.dumps(["", 0]))

    def _present(self) -> tuple[str, float]:
        token, ends = json.loads(self.world.fact(PRESENT) or '["", 0]')
        return str(token), float(ends)


def note_secret(world: World, text: str) -> None:
    """Remembers something that must never be found in a log, a page or an error of the portal."""
    with world.transaction():
        known = given_out(world)
        if text and text not in known:
            world.remember(GIVEN_OUT, json.dumps([*known, text][-KEPT:]))


def given_out(world: World) -> list[str]:
    """All that was remembered so."""
    return list(json.loads(world.fact(GIVEN_OUT) or "[]"))
