"""The tables that the bench prints, and its own verdict on whether they count."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LEEWAY = 1.3
FEWEST = 400
"""Calls below which the starting of a process weighs more than they do: then the floor says nothing."""


@dataclass(frozen=True)
class Figures:
    """What one of the two has taken; seconds, MiB. `inside` is without the start of its process."""

    wall: float
    inside: float
    cpu: float
    peak: float
    calls: int
    in_flight: int


@dataclass(frozen=True)
class Pair:
    """The bare script, where there is one, and the engine."""

    bare: Figures | None
    engine: Figures


@dataclass
class Report:
    """The rows in the order in which they were measured."""

    latency: float
    limit: int
    rows: dict[str, Pair] = field(default_factory=dict)
    nights: list[str] = field(default_factory=list)

    def add(self, name: str, pair: Pair) -> None:
        """One scenario, measured; says so at once, since the whole takes minutes."""
        self.rows[name] = pair
        print(f"  {name}: {pair.engine.wall:.2f} s", file=sys.stderr, flush=True)

    def night(
        self,
        companies: int,
        each: int,
        seconds: float,
        peak: float,
        found: Mapping[str, int],
        traffic: Mapping[str, Any],
    ) -> None:
        """The night of all companies."""
        floor = self.floor(traffic["total"])
        done = sum(found.get(state, 0) for state in ("succeeded", "partial"))
        most = max(traffic["max_inflight_per_user"].values(), default=0)
        self.nights.append(
            f"| {companies} × {each} | {done} of {companies} | {seconds:.1f} | {traffic['total']} | {floor:.1f} "
            f"| {seconds / floor:.2f} | {traffic['max_inflight']} | {most} | {peak:.0f} |"
        )

    def floor(self, calls: int) -> float:
        """The seconds that so many calls take at least."""
        return calls * self.latency / 1000 / self.limit

    def text(self) -> str:
        """All of it."""
        return "\n".join([*self._head(), *self._table(), *self._verdict(), *self._night(), ""])

    def _head(self) -> list[str]:
        python = sys.version.split()[0]
        return [f"\nA sync, {self.latency} ms latency, {self.limit} in flight, PostgreSQL, Python {python}\n"]

    def _table(self) -> list[str]:
        lines = [
            "| | who | wall s | without its start | CPU s | peak MiB | calls | in flight | × bare | × bare without its start |",
            "|---|---|---|---|---|---|---|---|---|---|",
        ]
        for name, pair in self.rows.items():
            if pair.bare:
                lines.append(f"| {name} | bare script | {_cells(pair.bare)} | | |")
            against = (pair.bare.wall, pair.bare.inside) if pair.bare else ()
            ratios = " | ".join(f"{pair.engine.wall / wall:.2f}" for wall in against) or "– | –"
            lines.append(f"| {name} | engine | {_cells(pair.engine)} | {ratios} |")
        return lines

    def _verdict(self) -> list[str]:
        """Whether the simulator was fast enough for the rest to mean anything."""
        lines = [""]
        for name, pair in self.rows.items():
            if pair.bare and pair.bare.calls >= FEWEST:
                most = LEEWAY * self.floor(pair.bare.calls)
                is_void = pair.bare.inside > most
                verdict = "VOID: the machine or the simulator was too slow" if is_void else "counts"
                took = f"{pair.bare.inside:.2f} s of at most {most:.2f} s"
                lines.append(f"{name}: {verdict} (the bare script took {took}, 1.3 × calls × latency ÷ {self.limit})")
        return lines

    def _night(self) -> list[str]:
        if not self.nights:
            return []
        head = "companies | done | wall s | calls | calls × latency ÷ limit | × that | most in flight | of one company"
        return ["", f"| {head} | peak MiB of a child |", "|---|---|---|---|---|---|---|---|---|", *self.nights]


def _cells(found: Figures) -> str:
    return f"{found.wall:.2f} | {found.inside:.2f} | {found.cpu:.2f} | {found.peak:.0f} | {found.calls} | {found.in_flight}"
