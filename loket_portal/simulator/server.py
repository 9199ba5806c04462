"""The running simulator: the Flask application with everything that belongs to one world."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from . import (
    access,
    api,
    audit,
    company,
    concepts,
    control,
    creation,
    dated,
    employees,
    employments,
    filter_settings,
    oauth,
    payments,
    payroll,
    seed,
    users,
)
from .calls import Refused, Routes, bearer
from .faults import Dropped, Faults, only_validates
from .keep_alive import Server, listen
from .log import Log
from .metadata import ValueLists
from .options import Options
from .personio import Personio
from .personio import ensure as ensure_personio
from .record import Recorder
from .settlers import settle
from .tokens import Keys
from .traffic import Traffic
from .validation import clean_options
from .world import World

TABLES: tuple[Routes, ...] = (
    access.ROUTES,
    users.ROUTES,
    company.ROUTES,
    creation.ROUTES,
    employees.ROUTES,
    employments.ROUTES,
    dated.ROUTES,
    payments.ROUTES,
    concepts.ROUTES,
    payroll.ROUTES,
    audit.ROUTES,
)
PERSONIO = "/personio/"
OURS = ("/v2", "/token", filter_settings.SERVER)
SAFE_PAGE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class Simulator:
    """One simulated Loket, and a Personio. `start` gives the address; Loket's API is under `/v2`, OAuth at the root."""

    def __init__(self, options: Options) -> None:
        options.change(clean_options(options.changeable()))
        if options.reset and options.db != ":memory:":
            for suffix in ("", "-wal", "-shm"):
                Path(options.db + suffix).unlink(missing_ok=True)
        self.options = options
        self.world = World(options.db)
        seed.create(self.world, options)
        settle(self.world, options)
        ensure_personio(self.world)
        self.lists = ValueLists(self.world, options)
        self.keys = Keys(self.world, options)
        self.faults = Faults(options)
        self.personio = Personio(self.world, options, self.faults)
        self.log = Log()
        self.traffic = Traffic()
        self.recorder = Recorder(options.record, options.keep_exchanges)
        self.url = ""
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        """The latest exchanges, oldest first, in the form of the contract checker."""
        return list(self.recorder.exchanges)

    def start(self) -> str:
        """Serves in a thread of its own; gives the address. Raises PortTaken."""
        with listen(self.options.host, self.options.port) as listening:
            host, port = listening.getsockname()[:2]
            self._server = Server(host, port, make_app(self), listening)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="simulator", daemon=True)
        self._thread.start()
        return self.url

    def stop(self) -> None:
        """Ends the server, all connections and the world. May be called twice."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self.faults.release()
            self._server.hang_up()
            self._server = None
        self.personio.stop()
        self.world.close()

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def create_simulator(options: Options | None = None) -> Simulator:
    """A simulator that is not started yet."""
    return Simulator(options or Options())


def make_app(simulator: Simulator) -> Flask:
    """The web application of a simulator."""
    app = Flask("loket_simulator", root_path=str(Path(__file__).parent), static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    parts = (simulator.world, simulator.lists, simulator.options, simulator.keys, simulator.faults)
    routes = (route for table in TABLES for route in table.all)
    app.register_blueprint(api.blueprint("api", routes, parts), url_prefix="/v2")
    filters = api.blueprint("filters", filter_settings.ROUTES.all, parts)
    app.register_blueprint(filters, url_prefix=filter_settings.SERVER)
    app.register_blueprint(oauth.blueprint(simulator.keys, simulator.options, simulator.faults))
    levers = control.blueprint(*parts, simulator.log, simulator.traffic, simulator.personio.levers)
    app.register_blueprint(levers, url_prefix="/_simulator")
    simulator.personio.mount(app)
    app.register_error_handler(Refused, api.refused)
    app.register_error_handler(Dropped, _dropped)
    app.register_error_handler(HTTPException, _http_error)
    app.before_request(lambda: _count(simulator, request))
    app.after_request(lambda response: _finish(simulator, request, response))
    return app


def _count(simulator: Simulator, asked: Request) -> None:
    if asked.path.startswith(OURS):
        user = asked.environ["simulator.user"] = simulator.keys.user_of(bearer(asked)) or ""
        call = asked.url_rule.rule if asked.url_rule else asked.path
        simulator.traffic.enter(asked.environ, user, f"{asked.method} {call}")


def _finish(simulator: Simulator, asked: Request, response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = SAFE_PAGE
        response.headers["Cache-Control"] = "no-store"
    is_personio = asked.path.startswith(PERSONIO)
    if not is_personio and not asked.path.startswith(OURS):
        return response
    action = asked.environ.get("simulator.fault", "")
    was_answered = not asked.environ.get("simulator.dropped")
    if was_answered and not is_personio:  # the recorded exchanges are checked by Loket's document
        simulator.recorder.add(asked, response)
    simulator.log.add(
        asked.method,
        asked.path,
        response.status_code,
        is_dropped=not was_answered or action == "drop_after",
        is_validation=only_validates(asked.headers),
        user=asked.environ.get("simulator.user", ""),
    )  # before the client can see what became of its request
    if was_answered:
        try:
            simulator.faults.after(action)
        except Dropped:
            asked.environ["simulator.dropped"] = True
    return response


def _dropped(_: Dropped) -> Response:
    request.environ["simulator.dropped"] = True
    return Response(status=500)


def _http_error(error: HTTPException) -> Response:
    response = jsonify({"message": error.description or error.name})
    response.status_code = error.code or 500
    return response
