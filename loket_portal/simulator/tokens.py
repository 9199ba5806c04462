"""Sign-ins, codes, tokens. A code works once, for ten minutes; a refresh token works once and gives the next pair."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from typing import Any

from .options import USERNAME, Options
from .world import World

SIGN_IN_LIFE = 1800.0
USE_CODE = """
UPDATE codes SET is_used = 1 WHERE code = ? AND is_used = 0 RETURNING ends, redirect_uri, challenge, method, user
"""


class InvalidGrant(Exception):
    """A code or refresh token that is unknown, used, too old, or somebody else's."""


class Keys:
    """The keeper of everything that expires. All of it survives a restart, unless the world is in memory."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.options = options
        self._working: dict[str, tuple[str, float]] = {}

    def begin(self, asked: dict[str, str]) -> str:
        """Remembers what an application asked for; gives the id of the sign-in."""
        sign_in = secrets.token_urlsafe(24)
        with self.world.transaction() as db:
            row = (sign_in, time.time() + SIGN_IN_LIFE, json.dumps(asked))
            db.execute("INSERT INTO sign_ins VALUES (?, ?, '', ?)", row)
        return sign_in

    def sign_in(self, sign_in: str) -> tuple[dict[str, str], str] | None:
        """What was asked, and whose password was right already ("": nobody's); None when unknown or too old."""
        found = self.world.rows("SELECT asked, user FROM sign_ins WHERE id = ? AND ends > ?", sign_in, time.time())
        return (json.loads(found[0][0]), str(found[0][1])) if found else None

    def know(self, sign_in: str, user: str) -> None:
        """The password of this user was right."""
        with self.world.transaction() as db:
            db.execute("UPDATE sign_ins SET user = ? WHERE id = ?", (user, sign_in))

    def end(self, sign_in: str) -> None:
        """The sign-in is over, whatever came of it."""
        with self.world.transaction() as db:
            db.execute("DELETE FROM sign_ins WHERE id = ?", (sign_in,))

    def issue_code(self, asked: dict[str, str], user: str) -> str:
        """A code for what was asked, by this user."""
        code = secrets.token_urlsafe(24)
        challenge, method = asked.get("code_challenge", ""), asked.get("code_challenge_method", "plain")
        with self.world.transaction() as db:
            row = (code, time.time() + self.options.code_life, asked["redirect_uri"], challenge, method, user)
            db.execute("INSERT INTO codes VALUES (?, ?, 0, ?, ?, ?, ?)", row)
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """The first pair of tokens for a code. Raises InvalidGrant; the code is used up in any case."""
        with self.world.transaction() as db:
            found = db.execute(USE_CODE, (code,)).fetchall()
        if not found:
            raise InvalidGrant("The code is unknown or was used before")
        ends, wanted_uri, challenge, method, user = found[0]
        if ends <= time.time():
            raise InvalidGrant("The code has expired")
        if redirect_uri != wanted_uri:
            raise InvalidGrant("The redirect_uri is another than that of the authorization request")
        if challenge and not _proves(verifier, challenge, method):
            raise InvalidGrant("The code_verifier does not fit the code_challenge")
        return self.grant(user)

    def rotate(self, refresh: str) -> dict[str, Any]:
        """The next pair for a refresh token, which is used up. Raises InvalidGrant."""
        with self.world.transaction() as db:
            sql = "UPDATE tokens SET is_used = 1 WHERE refresh = ? AND is_used = 0 RETURNING user"
            found = db.execute(sql, (refresh,)).fetchall()
            if not found:
                raise InvalidGrant("The refresh token is unknown or was used before")
            return self.grant(found[0][0])

    def user_of(self, access: str) -> str | None:
        """Whose access token this is; None when it does not work. A refresh does not end the older one early."""
        user, ends = self._working.get(access) or self._found(access)
        return user if ends > time.time() else None

    def _found(self, access: str) -> tuple[str, float]:
        """Whose it is and when it ends, which is remembered: every call asks for it, twice."""
        with self.world.lock:
            found = self.world.rows("SELECT user, ends FROM tokens WHERE access = ?", access)
            if not found:
                return "", 0
            self._working[access] = found[0]
        return self._working[access]

    def has_signed_in(self, user: str) -> bool:
        """Whether an application has ever got a token of this user."""
        return bool(self.world.rows("SELECT 1 FROM tokens WHERE user = ? LIMIT 1", user))

    def expire(self) -> None:
        """Ends every access token now; refresh tokens go on."""
        with self.world.transaction() as db:
            db.execute("UPDATE tokens SET ends = 0")
            self._working.clear()

    def revoke(self, user: str = "") -> None:
        """Ends every token, or those of one user, so that somebody has to sign in again."""
        with self.world.transaction() as db:
            db.execute("UPDATE tokens SET ends = 0, is_used = 1 WHERE user = ? OR ? = ''", (user, user))
            self._working.clear()

    def grant(self, user: str = USERNAME) -> dict[str, Any]:
        """A new pair for a user, as the token endpoint answers it."""
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        with self.world.transaction() as db:
            row = (access, refresh, time.time() + self.options.token_life, user)
            db.execute("INSERT INTO tokens VALUES (?, ?, ?, 0, ?)", row)
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": self.options.token_life,
            "refresh_token": refresh,
            "two_factor_state": "Verified",
        }


def _proves(verifier: str, challenge: str, method: str) -> bool:
    if method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return secrets.compare_digest(verifier, challenge)
