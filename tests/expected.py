"""What Loket has after the main job, written down beforehand by a person: tests/journeys/expected.json.

`{today}` in it is the day of the sync: from then on the hours and the place in the organization count that HR has.
"""

import json
from pathlib import Path
from typing import Any

from django.utils import timezone

FILE = Path(__file__).parent / "journeys" / "expected.json"
TULP = "Tulp Horeca B.V."


def world(name: str = TULP) -> dict[str, Any]:
    """Employees by number and concepts by unique name, of the employer with this name."""
    text = FILE.read_text(encoding="utf-8").replace("{today}", timezone.localdate().isoformat())
    found: dict[str, Any] = json.loads(text.replace(TULP, name))
    return found
