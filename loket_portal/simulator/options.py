"""What the simulator can be told: by its command line, by a test, and in part at run time (`/_simulator/options`)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

USERNAME = "integratie@tulphoreca.example"
PASSWORD = "loket-demo"
SECOND_FACTOR = "123456"
LOGIN_METHODS = ("Via website en SSO", "Only via SSO", "Via website", "Webservice")

AT_START = frozenset(
    {"host", "port", "db", "reset", "seed", "record", "keep_exchanges", "client_id", "client_secret", "redirect_uris"}
    | {"personio_client_id", "personio_client_secret"}
)
MAY_BE_NOTHING = frozenset({"run_status"})  # a number or null


@dataclass
class Options:
    """Rates are shares between 0 and 1, `latency` is in milliseconds, the lives are in seconds.

    Employers, administrations, rights and modules go by their names, activities by the document's operationId,
    "Algemeen" by function, department or distributionunit; attributes of Personio by the key that they begin with.
    `validation.py` refuses names that there are not. With `only_writes` the rates of errors and drops spare what reads.

    `loket_people` generates companies (`crowd.py`), `loket_companies` of them with so many people each, the first one
    with `loket_first` if that is a number. Later on there can only come more of them.
    """

    host: str = "127.0.0.1"
    port: int = 0
    db: str = ":memory:"
    reset: bool = False
    seed: int = 1
    record: str = ""
    keep_exchanges: int = 1000
    client_id: str = "loket-portal-demo"
    client_secret: str = "demo-client-secret"
    redirect_uris: tuple[str, ...] = ()
    token_life: int = 3599
    code_life: int = 600
    two_employers: bool = False
    missing_rights: tuple[str, ...] = ()
    no_employer: bool = False
    missing_algemeen: tuple[str, ...] = ()
    algemeen_variants: dict[str, str] = field(default_factory=dict)
    algemeen_twice: tuple[str, ...] = ()
    missing_modules: tuple[str, ...] = ()
    client_lacks: tuple[str, ...] = ()
    role_lacks: tuple[str, ...] = ()
    users_hidden: bool = False
    login_method: str = LOGIN_METHODS[0]
    no_two_factor: bool = False
    access_blocked: bool = False
    linked_to_multiple: bool = False
    filter: dict[str, Any] = field(default_factory=dict)
    filter_down: int = 0
    run_status: int | None = None
    tax_ids: dict[str, str | None] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    hidden_administrations: tuple[str, ...] = ()
    latency: float = 0
    error_rate: float = 0
    error_status: int = 500
    drop_before: float = 0
    drop_after: float = 0
    only_writes: bool = False
    obsolete_date: str = ""
    loket_people: int = 0
    loket_companies: int = 1
    loket_first: int = 0
    personio_client_id: str = "linde-demo-client"
    personio_client_secret: str = "linde-demo-secret"
    personio_unreadable: tuple[str, ...] = ("fix_salary", "fix_salary_interval", "hourly_salary")
    personio_missing_scopes: tuple[str, ...] = ()
    personio_changed_ids: dict[str, str] = field(default_factory=dict)
    personio_renamed_options: dict[str, dict[str, str]] = field(default_factory=dict)
    personio_language: str = "en"
    personio_people: int = 0
    personio_v1_shows_latest: bool = False
    personio_no_legal_entities: bool = False
    personio_token_life: int = 86_400
    personio_expire_after: int = 0
    personio_repeats_token: bool = True
    personio_repeat_page: int = 0
    personio_null_record: int = 0
    personio_null_person: int = 0
    personio_success_false: int = 0
    personio_busy: int = 0
    personio_retry_after: str = ""
    personio_limits: bool = False
    personio_hook_delay: float = 1.0

    def changeable(self) -> dict[str, Any]:
        """The options that can be changed at run time, as they stand."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name not in AT_START}

    def change(self, wanted: dict[str, Any]) -> None:
        """Changes options at run time. Raises ValueError for a name or type that does not fit; then nothing changed."""
        clean = {name: self._fitting(name, value) for name, value in wanted.items()}
        for name, value in clean.items():
            setattr(self, name, value)

    def _fitting(self, name: str, value: Any) -> Any:
        if name not in self.changeable():
            raise ValueError(f"{name} can't be changed at run time; these can: {', '.join(self.changeable())}")
        if name in MAY_BE_NOTHING and value is None:
            return None
        present = 0 if name in MAY_BE_NOTHING else getattr(self, name)
        if isinstance(present, tuple):
            value = tuple(value) if isinstance(value, list | tuple) else (str(value),)
        allowed: type | tuple[type, ...] = (int, float) if type(present) in (int, float) else type(present)
        if not isinstance(value, allowed) or (isinstance(value, bool) and not isinstance(present, bool)):
            raise ValueError(f"{name} does not take {value!r}")
        return value

    def copy(self, **changes: Any) -> Options:
        """The same options with some changed."""
        return replace(self, **changes)
