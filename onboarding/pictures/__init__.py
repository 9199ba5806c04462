"""Pictures, laid out for templates that draw them as SVG: whole numbers, in the units of the picture. Pure.

Each has two layouts, a wide one and a narrow one for telephones, since a wide picture made small can't be read.
"""

from onboarding.pictures.links import Links, Pair, links, stack
from onboarding.pictures.swimlanes import Swimlanes, Task, swimlanes, track

__all__ = ["Links", "Pair", "Swimlanes", "Task", "links", "stack", "swimlanes", "track"]
