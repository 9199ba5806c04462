"""Why something about the portal's own sections, attributes or values stays as it is; `mapping.wording.sections` has the words."""

from enum import StrEnum


class Refusal(StrEnum):
    """What stands in the way."""

    # sections
    NAME_MISSING = "name_missing"
    NAME_TAKEN = "name_taken"
    IS_LOKET = "is_loket"
    HOLDS_MAPPED = "holds_mapped"
    OTHER_COMPANY = "other_company"
    # attributes
    IS_MAPPED = "is_mapped"
    NO_OPTIONS = "no_options"
    OPTION_TWICE = "option_twice"
    OPTION_IN_USE = "option_in_use"
    NO_VALUE_LIST = "no_value_list"
    # one value
    NO_NUMBER = "no_number"
    BAD_TEXT = "bad_text"
    TOO_LONG = "too_long"
    BAD_WHOLE = "bad_whole"
    BAD_DECIMAL = "bad_decimal"
    BAD_DATE = "bad_date"
    BAD_YES_NO = "bad_yes_no"
    NOT_AN_OPTION = "not_an_option"
    BAD_BSN = "bad_bsn"
    BAD_IBAN = "bad_iban"
    CHANGED_MEANWHILE = "changed_meanwhile"
    # files and carrying over
    NO_TABLE = "no_table"
    NO_PERSON_COLUMN = "no_person_column"
    NO_ATTRIBUTE_COLUMN = "no_attribute_column"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_ROWS = "too_many_rows"
    EXPIRED = "expired"
    UNKNOWN_PERSON = "unknown_person"
    PERSON_TWICE = "person_twice"
    NO_ENTRY = "no_entry"
    NOT_READ = "not_read"
    NOT_A_DUPLICATE = "not_a_duplicate"
    NO_REASON = "no_reason"
    UNDONE = "undone"
    PURGED = "purged"
    STILL_READ = "still_read"
    SENSITIVE_COPY = "sensitive_copy"


class PortalRefused(Exception):
    """Nothing was changed. `params` fill the places of the words; none of them is a value of a person."""

    def __init__(self, refusal: Refusal, **params: str) -> None:
        super().__init__(refusal.value)
        self.refusal, self.params = refusal, params
