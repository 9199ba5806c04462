"""Why the workbench doesn't do something; `mapping.wording` has the words."""

from collections.abc import Mapping
from enum import StrEnum


class Refusal(StrEnum):
    """What can stand against a change of a mapping, its publishing, a roll back, an import."""

    # the draft
    NOT_A_DRAFT = "not_a_draft"  # it was published or discarded meanwhile
    DRAFT_OPEN = "draft_open"  # of this source there is a draft already: number
    NOTHING_PUBLISHED = "nothing_published"  # there is no version to begin from
    ATTRIBUTES_UNREAD = "attributes_unread"  # nothing was read of Personio yet
    RULE_CHANGED = "rule_changed"  # by somebody else, since its editor was opened: who, when
    OTHER_ENTITY = (
        "other_entity"  # the legal entity has another company, or its people come from another source: entity
    )
    ATTRIBUTE_UNKNOWN = "attribute_unknown"  # the company has no such attribute: attribute
    OWN_COLUMN = "own_column"  # a file's own column would keep what is purged from the roster's: target
    RULE_INVALID = "rule_invalid"  # what a rule can't say: text
    TEXT_TOO_LONG = "text_too_long"  # of a setting of a rule: setting, limit
    # asking the customer for an attribute (`mapping.bench.requests`)
    NO_PERSONIO = "no_personio"  # the company has no Personio here
    TARGET_UNKNOWN = "target_unknown"  # the catalogue has no such field: target
    REQUEST_NAME = "request_name"  # none, or longer than Personio takes: limit
    REQUEST_TYPE = "request_type"  # Personio has no such type: type
    REQUEST_OPTIONS = "request_options"  # a list without options
    # publishing
    NOTHING_MAPPED = "nothing_mapped"
    NOTHING_CHANGED = "nothing_changed"  # it is what is in force
    MIGRATION_OPEN = "migration_open"  # of a duplicate (rule 25): attribute
    REQUEST_OPEN = "request_open"  # the customer hasn't made the attribute yet: attribute, target
    ATTRIBUTE_GONE = "attribute_gone"  # attribute, target
    DRAFT_CHANGED = "draft_changed"  # since the user looked at what it changes
    READ_TWICE = (
        "read_twice"  # a column that another one takes the place of, and that a second field reads: attribute, target
    )
    PUBLISHED_MEANWHILE = "published_meanwhile"  # another version than the one that was looked at: version
    # versions
    NOT_A_VERSION = "not_a_version"  # it was never in force
    IN_FORCE = "in_force"  # it is in force now
    # documents
    TOO_LARGE = "too_large"
    BAD_YAML = "bad_yaml"  # line, text
    BAD_DOCUMENT = "bad_document"  # names the rule: text
    OTHER_SOURCE = "other_source"  # source


class NotPossible(Exception):
    """The workbench refuses; nothing was changed."""

    def __init__(self, code: Refusal, params: Mapping[str, str] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = dict(params or {})
