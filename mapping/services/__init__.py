"""Mapping sets as the sync takes them, what each legal entity still lacks, and the previews that somebody has seen."""

from mapping.services.changes import note_beginning
from mapping.services.previews import note_preview
from mapping.services.publication import next_version, publish, put_in_force, refuse_scope
from mapping.services.readiness import Lack, lacks_of, look_for, write_readiness
from mapping.services.sets import (
    Source,
    digest_of,
    frozen_rule,
    frozen_rules,
    published,
    published_for,
    rules_digest,
    rules_in_force,
    rules_of,
    source_of,
    store_rule,
    store_rules,
)

__all__ = [
    "Lack",
    "Source",
    "digest_of",
    "frozen_rule",
    "frozen_rules",
    "lacks_of",
    "look_for",
    "next_version",
    "note_beginning",
    "note_preview",
    "publish",
    "published",
    "published_for",
    "put_in_force",
    "refuse_scope",
    "rules_digest",
    "rules_in_force",
    "rules_of",
    "source_of",
    "store_rule",
    "store_rules",
    "write_readiness",
]
