"""Signing in at the simulator's pages without a browser."""

from urllib.parse import parse_qsl, urlsplit

import requests

from loket_portal.simulator.options import PASSWORD, SECOND_FACTOR, USERNAME


def sign_in_at_loket(address: str, *, user: str = USERNAME, password: str = PASSWORD) -> dict[str, str]:
    """Follows Loket's sign-in pages from the address the portal made; gives the query that comes back to it."""
    http = requests.Session()
    page = http.get(address)
    page.raise_for_status()
    step = http.post(page.url, data={"username": user, "password": password}, allow_redirects=True)
    back = http.post(step.url, data={"code": SECOND_FACTOR}, allow_redirects=False)
    return dict(parse_qsl(urlsplit(back.headers["Location"]).query))
