"""Whole exchanges, kept for the contract tests: in a list, and as JSON lines in a file when one is given."""

from __future__ import annotations

import json
import threading
from collections import deque
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

FILTER_SERVER = "/globalfilter-microservice"


class Recorder:
    """Keeps the latest requests with their answers. They hold tokens and personal data, all of it invented."""

    def __init__(self, path: str, keep: int) -> None:
        self.path = Path(path) if path else None
        self.lock = threading.Lock()
        self.exchanges: deque[dict[str, Any]] = deque(maxlen=keep)

    def add(self, request: Request, response: Response) -> None:
        """Keeps one exchange; the path is the document's, without the part that names the server."""
        if not (self.exchanges.maxlen or self.path):
            return
        exchange = {
            "method": request.method,
            "path": request.path.removeprefix("/v2").removeprefix(FILTER_SERVER),
            "query": dict(request.args),
            "request_headers": dict(request.headers),
            "request_body": _sent(request),
            "status": response.status_code,
            "response_headers": dict(response.headers),
            "response_body": response.get_json(silent=True, force=True),
        }
        with self.lock:
            self.exchanges.append(exchange)
            if self.path:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(exchange, ensure_ascii=False) + "\n")


def _sent(request: Request) -> Any:
    if request.mimetype == "application/x-www-form-urlencoded":
        return dict(request.form)
    return request.get_json(silent=True, force=True) if request.get_data() else None
