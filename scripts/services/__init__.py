"""The services of docker-compose.yml as processes of this machine, on servers that come as packages.

No Docker engine is needed: commands, environment and health checks are read from the file, and only what a container gives
(host names, ports, /tmp, /run/secrets, the programs) is put in its place. For `make production` and tests/faults.
"""

from scripts.services.whole import Production

__all__ = ["Production"]
