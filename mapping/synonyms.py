"""What HR systems call the fields of Loket, in English, Dutch and German: for suggestions only, never taken by itself.

The labels of the default mappings and the headers of a roster are all here (a test compares), and what else is usual.
"""

from collections.abc import Mapping

_NAMES = {
    "scope.considerInNlPayroll": (
        "Consider in NL payroll; Consider for NL payroll; Consider in Dutch payroll; Consider in NL payroll (Loket); "
        "Include in NL payroll; Include in Dutch payroll; Meenemen in NL payroll; Meenemen in Nederlandse payroll; "
        "Meenemen in payroll NL; Meenemen in NL salarisverwerking; Meenemen in Nederlandse salarisverwerking; "
        "Verlonen in Nederland; In NL Payroll berücksichtigen; In NL-Payroll berücksichtigen; In NL-Lohnabrechnung "
        "berücksichtigen; In niederländischer Payroll berücksichtigen; In niederländischer Lohnabrechnung "
        "berücksichtigen; In der niederländischen Lohnabrechnung berücksichtigen; Meenemen in Nederlandse "
        "salarisadministratie"
    ),
    "employee.employeeNumber": (
        "Loket employee number; Employee number (Loket); Employee number Loket.nl; Loket.nl employee number; Loket "
        "personeelsnummer; Loket-personeelsnummer; Personeelsnummer Loket; Personeelsnummer Loket.nl; Loket "
        "Personalnummer; Loket-Personalnummer; Personalnummer (Loket); Employee number; Personnel number; "
        "Personeelsnummer; Personeelsnr.; Medewerkernummer; Werknemernummer; Personalnummer; Mitarbeiternummer"
    ),
    "employment.incomeRelationshipNumber": (
        "Income number; Income relationship number; Income relation number; Inkomstenverhouding; "
        "Inkomstenverhoudingsnummer; Inkomstenverhoudingnummer; Nummer inkomstenverhouding; Volgnummer "
        "inkomstenverhouding; IKV; IKV-nummer; IKV nummer; Nummer IKV; Einkommensnummer; Nummer des "
        "Einkommensverhältnisses"
    ),
    "employee.personalDetails.prefix": (
        "Prefix; Last name prefix; Surname prefix; Prefix last name; Tussenvoegsel; Tussenvoegsels; Voorvoegsel; "
        "Voorvoegsels; Voorvoegsel achternaam; Namensvorsatz; Vorsatzwort"
    ),
    "employee.personalDetails.initials": "Initials; Voorletters; Voorletter; Initialen; Vorname Initialen",
    "employee.personalDetails.dateOfBirth": (
        "Date of birth; Birth date; Birthdate; Birthday; Geboortedatum; Geburtsdatum; Geburtstag"
    ),
    "employee.personalDetails.gender": (
        "Loket gender; Gender (Loket); Loket geslacht; Geslacht (Loket); Loket Geschlecht; Geschlecht (Loket); "
        "Gender; Geslacht; Geschlecht"
    ),
    "employee.personalDetails.nationality": (
        "Loket nationality; Nationality (Loket); Loket nationaliteit; Nationaliteit (Loket); Nationality; "
        "Citizenship; Nationaliteit; Nationalität; Staatsangehörigkeit; Staatsbürgerschaft"
    ),
    "employee.address.street": "Street; Street name; Straat; Straatnaam; Straße; Straßenname",
    "employee.address.houseNumber": (
        "House number; House no.; Street number; Huisnummer; Huisnr.; Hausnummer; Hausnr."
    ),
    "employee.address.houseNumberAddition": (
        "House number addition; House number suffix; Addition; Toevoeging; Huisnummer toevoeging; "
        "Huisnummertoevoeging; Toevoeging huisnummer; Hausnummerzusatz; Hausnummer Zusatz"
    ),
    "employee.address.postalCode": "Postal code; Post code; Postcode; Zip code; Zip; Postleitzahl; PLZ",
    "employee.address.city": "City; Town; Place of residence; Plaats; Woonplaats; Stad; Ort; Wohnort; Stadt",
    "employee.address.country": "Country; Country of residence; Land; Woonland; Wohnland; Wohnsitzland",
    "employee.contactInformation.phoneNumber": (
        "Private phone; Private phone number; Personal phone; Personal phone number; Home phone; Privé telefoon; "
        "Privételefoon; Telefoon privé; Privé telefoonnummer; Telefoonnummer privé; Vaste telefoon; Telefon privat; "
        "Private Telefonnummer; Festnetz; Festnetznummer; Phone; Phone number; Telephone; Telephone number; Telefoon; "
        "Telefoonnummer; Telefon; Telefonnummer"
    ),
    "employee.contactInformation.mobilePhoneNumber": (
        "Private mobile; Private mobile phone; Private mobile number; Personal mobile; Personal mobile phone; "
        "Personal mobile number; Privé mobiel; Mobiel privé; Mobiel nummer privé; Privé mobiel nummer; Handy privat; "
        "Mobil privat; Private Handynummer; Private Mobilnummer; Mobile; Mobile phone; Mobile number; Mobile phone "
        "number; Cell phone; Mobiel; Mobiele telefoon; Mobiel nummer; Mobiele nummer; Mobiel telefoonnummer; Mobil; "
        "Mobilnummer; Mobiltelefon; Handy; Handynummer"
    ),
    "employee.contactInformation.emailAddress": (
        "Private email; Private email address; Personal email; Personal email address; Email private; Privé e-mail; "
        "Prive e-mail; Privé e-mailadres; Prive e-mailadres; E-mail privé; E-mailadres privé; Persoonlijk "
        "e-mailadres; Private E-Mail-Adresse; E-Mail privat; E-Mail-Adresse privat; E-mail; E-mailadres; Email "
        "address"
    ),
    "bsn": (
        "BSN; BSN number; BSN-nummer; BSN nummer; Burgerservicenummer; Burger service nummer; Burgerservicenummer "
        "(BSN); BSN (Burgerservicenummer); Citizen service number; Citizen service number (BSN); BSN (citizen service "
        "number); Dutch citizen service number; Bürgerservicenummer; Bürgerservicenummer (BSN); Niederländische "
        "Bürgerservicenummer"
    ),
    "iban": (
        "IBAN; IBAN number; IBAN-nummer; IBAN nummer; Bank account (IBAN); Bank account number (IBAN); Bankrekening "
        "(IBAN); Bankrekeningnummer; Bankrekeningnummer (IBAN); Rekeningnummer (IBAN); Bankkonto (IBAN); Kontonummer "
        "(IBAN); Bankrekening; Bank account"
    ),
    "scope.status": (
        "Status; Employment status; Employee status; Arbeidsstatus; Dienststatus; Mitarbeiterstatus; "
        "Beschäftigungsstatus"
    ),
    "employee.personalDetails.firstName": (
        "First name; Voornaam; Roepnaam; Given name; Legal first name; Vornaam; Eerste voornaam; Vorname; Rufname"
    ),
    "employee.personalDetails.lastName": (
        "Last name; Achternaam; Surname; Family name; Familienaam; Geboortenaam; Nachname; Familienname"
    ),
    "employment.startDate": (
        "Start date; Startdatum; Hire date; Datum in dienst; Date of hire; Entry date; In dienst; Indiensttreding; "
        "Eintrittsdatum; Einstellungsdatum"
    ),
    "employment.endDate": (
        "End date; Einddatum; Termination date; Datum uit dienst; Exit date; Last working day; Uit dienst; Einde "
        "dienstverband; Austrittsdatum; Kündigungsdatum"
    ),
    "ending.endOfEmploymentReasonTaxAuthorities": (
        "Reason for the end; Reden einde dienstverband; Termination type; Termination reason; Reason for leaving; Reden "
        "uit dienst; Reden einde; Reden einde arbeidsovereenkomst; Art der Kündigung; Kündigungsgrund; Austrittsgrund"
    ),
    "organization.function": (
        "Function; Functie; Position; Job title; Job; Role; Functietitel; Functienaam; Stelle; Stellenbezeichnung; "
        "Berufsbezeichnung"
    ),
    "organization.department": "Department; Afdeling; Team; Division; Afdelingsnaam; Abteilung",
    "workingHours.deviatingHoursPerWeek": (
        "Hours per week; Uren per week; Weekly hours; Uren; Weekly working hours; Contract hours; Contracturen; "
        "Arbeidsduur per week; Wochenstunden; Wöchentliche Arbeitszeit"
    ),
    "organization.distributionUnit": "Cost unit; Allocation unit; Verdeeleenheid; Kostendrager; Verteilungseinheit",
}

NAMES: Mapping[str, tuple[str, ...]] = {target: tuple(text.split("; ")) for target, text in _NAMES.items()}
"""The names by target, as people write them."""
