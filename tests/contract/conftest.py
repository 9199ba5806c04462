"""Real exchanges, recorded once: the whole client against the simulator."""

import pytest

from loket_portal.lib import exchanges
from loket_portal.lib.exchanges import Exchange
from loket_portal.loket.client import LoketClient
from loket_portal.loket.filter_settings import FilterClient
from loket_portal.simulator import Options, create_simulator
from tests.contract.document import document
from tests.contract.plugin import need_document
from tests.loket.helpers import MemoryTokenStore, oauth, sign_in
from tests.loket.surface import drive

FILTER_BASE = "/globalfilter-microservice"


@pytest.fixture(scope="package")
def recorded() -> dict[str, Exchange]:
    """One good exchange of each call, by "METHOD template"; /token by its grant."""
    need_document()
    seen: list[Exchange] = []
    exchanges.observers.append(seen.append)
    try:
        with create_simulator(Options()) as simulator:
            tokens = oauth(simulator.url).refresh(sign_in(simulator.url))
            client = LoketClient(f"{simulator.url}/v2", lambda: MemoryTokenStore(tokens).read().access_token)
            drive(client)
            filters = FilterClient(f"{simulator.url}{FILTER_BASE}", lambda: tokens.access_token)
            filters.get_filter_settings(client.list_employers()[0].id)
    finally:
        exchanges.observers.remove(seen.append)
    seen.reverse()  # the first of each call counts: the last of a list may be a page of one row
    return {_name(item): item for item in seen if "x-validateonly" not in map(str.lower, item.request_headers)}


def _name(exchange: Exchange) -> str:
    if exchange.path == "/token":
        return str(exchange.request_body["grant_type"])
    operation = document().find(exchange.method, exchange.path)
    assert operation is not None, exchange.path
    return f"{exchange.method} {operation.template}"
