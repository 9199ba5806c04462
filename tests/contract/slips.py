"""The known slips of Loket's API document and where this product reads it more widely. Each with its reason.

`test_slips.py` proves that every one of them is still in the document: a corrected document shortens this file.
"""

UPPER_CASE_UUID = "^[{(]?[0-9A-F]{8}[-]?([0-9A-F]{4}[-]?){3}[0-9A-F]{12}[)}]?$"
IGNORED_PATTERNS = {
    UPPER_CASE_UUID: "upper case only, while Loket's examples are lower case; the uuid format is checked instead",
    "date": "on the audit trail's dates: it is the name of a format, written where a pattern belongs",
    "^-?\\w+(,-?\\w+)*$": "of orderBy: forbids the dots of `address.houseNumber`, which is the document's own example",
}

ANY_CASE_PATTERNS = {
    "^((([a-z]|": "of e-mail addresses: lower case only, while the validator that it was copied from ignores case",
}
"""By what they begin with."""

MEDIA_TYPES = {
    "applicationjson": "application/json: the slash was lost in two request bodies of payment information",
}

IGNORED_VERSIONS = {
    "YYYY-MM-DD": "a placeholder that was never filled in: a version that cannot be asked for",
}

MEANT_VERSIONS = {
    "SSO_gebruiker": "2018-01-01",  # a branch's name; the Accept parameter and the call for one such user say this
}

LISTS = {
    "/users/integrations": "`_embedded` is typed as one of its rows there, while it is a list like every other",
}

ANY_CASE_SEGMENTS = {
    "benefitsanddeductions": "written benefitsAndDeductions in some paths",
    "payrolladministration": "written payrollAdministration in Loket's list of operations",
    "payscale": "written payScale in Loket's list of operations",
}

UNDOCUMENTED_STATUSES = {
    401: "named for every call in the text, without a body",
    403: "the same; the body is {message}",
    404: "the same",
    429: "in no part of the document; a polite client honours it all the same (rule 51)",
    500: "named as 50x",
    502: "named as 50x",
    503: "named as 50x",
    504: "named as 50x",
}

CONDITIONAL_HEADERS = {
    "if-match": "declared for no call; the words beside the ETag header say that a PUT has to supply it",
}

LOST_UPDATE = {
    409: "what a PUT with If-Match gets, says the general text; documented for some calls only",
    412: "in no part of the document; what HTTP itself says to an If-Match that no longer holds",
}

LIST_PARAMETERS = {
    "filter": "every list takes it, says the general text; the supplement's lists do not repeat it",
    "orderBy": "the same",
    "pageNumber": "the same",
    "pageSize": "the same",
}

# Not operations of the API: pages for a browser, and the simulator's own controls.
NOT_THE_API = ("/authorize", "/login", "/_simulator")
