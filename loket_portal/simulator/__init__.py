"""Loket over real HTTP, for the demo, the tests, training and sales; it imports nothing of the product.

`python -m loket_portal.simulator --help` lists what it can be made to do; a test uses `create_simulator(Options(...))`.
"""

from .keep_alive import PortTaken
from .options import Options
from .server import Simulator, create_simulator

__all__ = ["Options", "PortTaken", "Simulator", "create_simulator"]
