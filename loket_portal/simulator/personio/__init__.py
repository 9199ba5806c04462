"""Personio, simulated: its API v1 and v2 as a Dutch customer's portal meets them, with invented people.

It imports nothing of the product. `Personio` (server.py) is mounted at `/personio` beside the Loket of the same world.
"""

from .people import ensure
from .server import Personio

__all__ = ["Personio", "ensure"]
