"""The attributes of the simulated account: Personio's own, and the customer's with a `dynamic_<id>` of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..options import Options


@dataclass(frozen=True)
class Attribute:
    """One attribute. `key` is what the world stores it by, `shown_key` what the account calls it at present."""

    key: str
    label: str
    german: str = ""
    type: str = "standard"
    universal_id: str | None = None
    options: tuple[str, ...] = ()
    shown_key: str = ""

    def definition(self) -> dict[str, Any]:
        """What the list of attributes has of it."""
        return {
            "key": self.shown_key,
            "label": self.label,
            "type": self.type,
            "universal_id": self.universal_id,
            "options": list(self.options),
        }


LANGUAGES = ("en", "de")
SALARY = ("fix_salary", "fix_salary_interval", "hourly_salary")
OWN = """
id|ID|ID|integer
first_name|First name|Vorname
last_name|Last name|Nachname
preferred_name|Name (preferred)|Bevorzugter Name
email|Email|E-Mail
gender|Gender|Geschlecht
status|Status|Status
position|Position|Position
employment_type|Employment type|Beschäftigungsart
weekly_working_hours|Weekly hours|Wochenstunden
hire_date|Hire date|Einstellungsdatum|date
contract_end_date|Contract ends|Vertragsende|date
termination_date|Termination date|Kündigungsdatum|date
termination_type|Termination type|Art der Kündigung
termination_reason|Termination reason|Kündigungsgrund
probation_period_end|Probation period end|Ende der Probezeit|date
last_working_day|Last day of work|Letzter Arbeitstag|date
created_at|created_at|Erstellt am|date
last_modified_at|Last modified|Zuletzt geändert|date
supervisor|Supervisor|Vorgesetzter
subcompany|Subcompany|Gesellschaft
office|Office|Standort
department|Department|Abteilung
team|Team|Team
cost_centers|Cost center|Kostenstelle
holiday_calendar|Public holidays|Feiertagskalender
work_schedule|Work schedule|Arbeitszeitmodell
absence_entitlement|Absence entitlement|Urlaubsanspruch
fix_salary|Fix salary|Fixgehalt|decimal
fix_salary_interval|Salary interval|Gehaltsintervall
hourly_salary|Hourly salary|Stundenlohn|decimal
profile_picture|Profile Picture|Profilbild
"""
NATIONALITIES = (
    "Dutch|Belgian|German|Austrian|French|British|Polish|Romanian|Bulgarian|Croatian|Spanish|Portuguese|Italian|Greek|"
    "Danish|Turkish|Moroccan|Syrian|Ukrainian|Indian|Brazilian|Surinamese"
)
COUNTRIES = "Netherlands|Belgium|Germany|France|Luxembourg|United Kingdom|Poland"
CUSTOM = (
    Attribute("dynamic_24401", "Loket employee number"),
    Attribute("dynamic_24402", "Income number", type="integer"),
    Attribute("dynamic_24403", "Consider in NL payroll", type="list", options=("Yes", "No")),
    Attribute("dynamic_24404", "Voorletters", "Initialen"),
    Attribute("dynamic_24405", "Tussenvoegsel"),
    Attribute("dynamic_24406", "Geboortedatum", "Geburtsdatum", "date", "date_of_birth"),
    Attribute("dynamic_24407", "BSN"),
    Attribute("dynamic_24408", "IBAN", universal_id="iban"),
    Attribute("dynamic_24409", "Geslacht", type="list", options=("Male", "Female", "Diverse")),
    Attribute(
        "dynamic_24410", "Nationaliteit", "Staatsangehörigkeit", type="list", options=tuple(NATIONALITIES.split("|"))
    ),
    Attribute("dynamic_24411", "Straat", "Straße"),
    Attribute("dynamic_24412", "Huisnummer", "Hausnummer", type="integer"),
    Attribute("dynamic_24413", "Toevoeging", "Hausnummerzusatz"),
    Attribute("dynamic_24414", "Postcode", "Postleitzahl"),
    Attribute("dynamic_24415", "Plaats", "Ort"),
    Attribute("dynamic_24416", "Land", "Land", type="list", options=tuple(COUNTRIES.split("|"))),
    Attribute("dynamic_24417", "Telefoon", "Telefon"),
    Attribute("dynamic_24418", "Mobiel", "Mobil"),
    Attribute("dynamic_24419", "Privé e-mail", "Private E-Mail"),
    Attribute(
        "dynamic_33500",
        "Burgerlijke staat",
        "Familienstand",
        type="list",
        options=("gehuwd", "ongehuwd", "geregistreerd partnerschap"),
    ),
    Attribute("dynamic_33501", "Talen", "Sprachen", type="tags", options=("Nederlands", "Engels", "Duits")),
    Attribute("dynamic_33502", "Kledingmaat", "Kleidergröße"),
)


def _system(line: str) -> Attribute:
    key, label, german, *kind = line.split("|")
    return Attribute(key, label, german, kind[0] if kind else "standard", key)


SYSTEM = tuple(_system(line) for line in OWN.split("\n") if line)
ALL = {attribute.key: attribute for attribute in (*SYSTEM, *CUSTOM)}


def readable(options: Options) -> list[Attribute]:
    """What the credential may read, as the account calls it now; what it may not read isn't in it at all."""
    return [_now(item, options) for key, item in ALL.items() if key == "id" or key not in options.personio_unreadable]


def renaming(key: str, options: Options) -> Callable[[Any], Any]:
    """What became of an option of this attribute: the text as it is called now."""
    renamed = options.personio_renamed_options.get(key, {})
    return lambda value: renamed.get(value, value) if isinstance(value, str) else value


def stored_key(key: str, options: Options) -> str:
    """The key by which the world stores an attribute that is named by its present or its own key. Raises ValueError."""
    former = {new: old for old, new in options.personio_changed_ids.items()}
    found = former.get(key, key)
    if found not in ALL:
        raise ValueError(f"There is no attribute {key!r}; these are: {', '.join(ALL)}")
    return found


def _now(attribute: Attribute, options: Options) -> Attribute:
    rename = renaming(attribute.key, options)
    return replace(
        attribute,
        shown_key=options.personio_changed_ids.get(attribute.key, attribute.key),
        label=attribute.german or attribute.label if options.personio_language == "de" else attribute.label,
        options=tuple(rename(option) for option in attribute.options),
    )
