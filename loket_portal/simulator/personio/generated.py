"""As many invented people as wanted, made from nothing but their number, so that they need no place anywhere."""

from __future__ import annotations

from typing import Any

FIRST_ID = 50_001
MOST = 40_000
FIRST = "Sanne|Daan|Emma|Lucas|Julia|Milan|Sara|Levi|Tess|Finn|Nora|Bram|Fenna|Sam|Lieke|Noud|Yara|Mats|Roos|Teun"
LAST = "Jansen|Bakker|Visser|Smit|Meijer|Mulder|Bos|Vos|Peters|Hendriks|Dekker|Brouwer|Kuiper|Prins|Blom|Postma|Vink"
STREETS = "Dorpsstraat|Kerklaan|Molenweg|Beukenhof|Zandpad|Stationsplein"
CITIES = ("Utrecht", "Zeist", "Houten", "Amersfoort")
JOBS = (("Kok", "Keuken"), ("Bediening", "Bediening"), ("Barmedewerker", "Bediening"), ("Afwasser", "Keuken"))


def generated(index: int) -> dict[str, Any]:
    """The person with that index, 0 being the first: always the same, with a BSN and an IBAN that hold."""
    first, last = _pick(FIRST.split("|"), index), _pick(LAST.split("|"), index)
    name = f"{first}.{last}.{FIRST_ID + index}".lower()
    position, department = _pick(JOBS, index)
    values = {
        "first_name": first,
        "last_name": last,
        "preferred_name": f"{first} {last}",
        "email": f"{name}@lindehoreca.example",
        "gender": _pick(("female", "male"), index),
        "supervisor": 41001,
        "dynamic_24401": str(FIRST_ID + index),
        "dynamic_24402": 1,
        "dynamic_24403": "Yes",
        "dynamic_24404": f"{first[0]}.",
        "dynamic_24406": f"{1960 + index % 45}-{index % 12 + 1:02}-{index % 28 + 1:02}",
        "dynamic_24407": bsn(index),
        "dynamic_24408": iban(index),
        "dynamic_24409": _pick(("Female", "Male"), index),
        "dynamic_24410": "Dutch",
        "dynamic_24411": _pick(STREETS.split("|"), index),
        "dynamic_24412": index % 190 + 1,
        "dynamic_24414": f"{3400 + index % 500} XA",
        "dynamic_24415": _pick(CITIES, index),
        "dynamic_24416": "Netherlands",
        "dynamic_24418": f"06-00{index:06}",
        "dynamic_24419": f"{name}@thuispost.example",
    }
    employment = {
        "status": "active",
        "start": f"{2010 + index % 15}-{index % 12 + 1:02}-01",
        "legal_entity": "170",
        "position": position,
        "department": department,
        "hours": str(_pick((16, 24, 32, 38), index)),
        "office": "Utrecht",
    }
    return {"id": FIRST_ID + index, "values": values, "employments": [employment]}


def bsn(index: int) -> str:
    """A number that passes the eleven test; nobody else in the simulator has it."""
    for number in (index * 2, index * 2 + 1):
        digits = f"998{number:05}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            break
    return f"{digits}{check}"


def iban(index: int) -> str:
    """An account at the bank TEST, with the right check digits."""
    account = f"TEST{30_000_000 + index:010}"
    number = int("".join(str(int(character, 36)) for character in f"{account}NL00"))
    return f"NL{98 - number % 97:02}{account}"


def _pick(choices: Any, index: int) -> Any:
    return choices[index % len(choices)]
