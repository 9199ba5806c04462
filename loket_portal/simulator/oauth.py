"""OAuth 2.0 as Loket does it: `/authorize`, the Dutch sign-in pages, `/token` with the secret in the form."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request

from .faults import Faults
from .logins import knows
from .options import PASSWORD, SECOND_FACTOR, USERNAME, Options
from .tokens import InvalidGrant, Keys

LOOPBACK = ("127.0.0.1", "localhost", "::1")
KEPT = ("redirect_uri", "state", "code_challenge", "code_challenge_method")
Page = tuple[str, int] | Response


def blueprint(keys: Keys, options: Options, faults: Faults) -> Blueprint:
    """The pages and the token endpoint, to be put at the root."""
    pages = Pages(keys, options, faults)
    made = Blueprint("oauth", __name__)
    made.add_url_rule("/authorize", view_func=pages.authorize)
    made.add_url_rule("/login/<sign_in>", view_func=pages.login, methods=["GET", "POST"])
    made.add_url_rule("/login/<sign_in>/code", view_func=pages.second_factor, methods=["GET", "POST"])
    made.add_url_rule("/token", view_func=pages.token, methods=["POST"])
    return made


class Pages:
    """What a browser sees of Loket while somebody signs in, and what the application asks for after it."""

    def __init__(self, keys: Keys, options: Options, faults: Faults) -> None:
        self.keys = keys
        self.options = options
        self.faults = faults

    def authorize(self) -> Page:
        """Starts a sign-in; a wrong application or address gets a page, never a redirect."""
        asked = request.args
        if asked.get("client_id") != self.options.client_id:
            return _stop("Deze toepassing is niet bekend bij de simulator (client_id).")
        if not self._is_registered(asked.get("redirect_uri", "")):
            return _stop("Het terugkeeradres (redirect_uri) staat niet op de lijst van deze toepassing.")
        if asked.get("response_type") != "code":
            return _back(dict(asked), error="unsupported_response_type")
        sign_in = self.keys.begin({name: asked[name] for name in KEPT if name in asked})
        return redirect(f"/login/{sign_in}", 302)  # type: ignore[return-value]

    def login(self, sign_in: str) -> Page:
        """User name and password."""
        found = self.keys.sign_in(sign_in)
        if found is None:
            return _stop("Deze aanmelding is verlopen. Ga terug naar de toepassing en begin opnieuw.")
        if request.method == "GET":
            return _show("login.html")
        if request.form.get("action") == "cancel":
            return self._cancel(sign_in, found[0])
        username = request.form.get("username", "").strip()
        known = knows(self.keys.world, username.casefold())
        if not known or not secrets.compare_digest(request.form.get("password", "").encode(), PASSWORD.encode()):
            return _show("login.html", 401, username=username, error="De gebruikersnaam of het wachtwoord is onjuist.")
        self.keys.know(sign_in, username.casefold())
        return redirect(f"/login/{sign_in}/code", 303)  # type: ignore[return-value]

    def second_factor(self, sign_in: str) -> Page:
        """The verification code; after it the browser goes back with a code for the application."""
        found = self.keys.sign_in(sign_in)
        if found is None or not found[1]:
            return _stop("Deze aanmelding is verlopen. Ga terug naar de toepassing en begin opnieuw.")
        if request.method == "GET":
            return _show("code.html")
        if request.form.get("action") == "cancel":
            return self._cancel(sign_in, found[0])
        if request.form.get("code", "").replace(" ", "") != SECOND_FACTOR:
            return _show("code.html", 401, error="De verificatiecode is onjuist.")
        self.keys.end(sign_in)
        return _back(found[0], code=self.keys.issue_code(*found))

    def token(self) -> Page:
        """A pair of tokens for a code or a refresh token. The secret counts only in the form, as Loket describes it."""
        form = request.form
        request.environ["simulator.fault"] = self.faults.before(request, with_rates=False)
        known = (self.options.client_id, self.options.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != known:
            return _refuse("invalid_client", "The application or its secret is unknown", 401)
        try:
            if form.get("grant_type") == "authorization_code":
                verifier = form.get("code_verifier", "")
                return _grant(self.keys.redeem(form.get("code", ""), form.get("redirect_uri", ""), verifier))
            if form.get("grant_type") == "refresh_token":
                return _grant(self.keys.rotate(form.get("refresh_token", "")))
        except InvalidGrant as error:
            return _refuse("invalid_grant", str(error), 400)
        return _refuse("unsupported_grant_type", "Use authorization_code or refresh_token", 400)

    def _is_registered(self, uri: str) -> bool:
        if self.options.redirect_uris:
            return uri in self.options.redirect_uris
        parts = urlsplit(uri)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK

    def _cancel(self, sign_in: str, asked: dict[str, str]) -> Page:
        self.keys.end(sign_in)
        return _back(asked, error="access_denied")


def _show(template: str, status: int = 200, **values: Any) -> Page:
    return render_template(template, demo=(USERNAME, PASSWORD, SECOND_FACTOR), **values), status


def _stop(reason: str) -> Page:
    return render_template("stop.html", reason=reason), 400


def _back(asked: dict[str, str], **result: str) -> Page:
    uri = asked["redirect_uri"]
    query = urlencode({**result, **({"state": asked["state"]} if "state" in asked else {})})
    return redirect(f"{uri}{'&' if '?' in uri else '?'}{query}", 303)  # type: ignore[return-value]


def _grant(pair: dict[str, Any]) -> Response:
    response = jsonify(pair)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refuse(error: str, description: str, status: int) -> Response:
    response = jsonify({"error": error, "error_description": description})
    response.status_code = status
    return response
