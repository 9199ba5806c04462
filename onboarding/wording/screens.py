"""Names on Loket's screens, as data: never translated, never a translation of ours (docs/glossary.md has the sources).

The setup article gives them in English. `dutch` is what another source calls the same thing on Loket's own screen, ""
where we know of none: then the English name is shown and marked as such.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """One name, or a way through the menu."""

    english: str
    dutch: str = ""


SCREENS: dict[str, Screen] = {
    "users": Screen("Users > User overview"),
    "add_user": Screen("Add > User"),
    "login_method": Screen("Login method"),
    "website_and_sso": Screen("Via website and SSO", "Via website en SSO"),
    "phone": Screen("Phone number for verification"),
    "add_authorizations": Screen("Add authorizations"),
    "management": Screen("Employer > Management", "Werkgever > Beheer"),
    "function": Screen("Function", "Functie"),
    "department": Screen("Department", "Afdeling"),
    "distribution_unit": Screen("Distribution unit", "Verdelingseenheid"),
    "user_name": Screen("User name", "Gebruikersnaam"),
    "password": Screen("Password", "Wachtwoord"),
}
