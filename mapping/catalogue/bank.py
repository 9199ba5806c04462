"""The bank account: PUT SEPA payment information 2018-01-01. Of a concept employee Loket keeps the IBAN alone."""

from typing import Any

from mapping.catalogue.dated import dated
from mapping.catalogue.field import BOOLEAN, TEXT, FieldType, Group, LoketField, Resource


def _payment(path: str, label: str, label_nl: str, kind: FieldType = TEXT, **more: Any) -> LoketField:
    return dated(Resource.PAYMENT, Group.BANK, path, label, label_nl, kind, **more)


_IBAN = LoketField(
    key="iban",
    resource=Resource.IBAN,
    path="iban",
    concept_path="employeeData.iban",
    label="IBAN",
    label_nl="IBAN",
    group=Group.BANK,
    type=FieldType.IBAN,
    limit=35,
    sensitive=True,
)
BANK: tuple[LoketField, ...] = (
    _IBAN,
    _payment("bic", "BIC", "BIC", limit=11, nullable=True),
    _payment("nameBeneficiary", "Name of the account holder", "Naam begunstigde", limit=70, nullable=True),
    _payment("cityBeneficiary", "City of the account holder", "Plaats begunstigde", limit=24, nullable=True),
    _payment("description1", "Description 1 of the payment", "Omschrijving 1 betaling", limit=32, nullable=True),
    _payment("description2", "Description 2 of the payment", "Omschrijving 2 betaling", limit=32, nullable=True),
    _payment("visibleOnPayslip", "Payment shown on the payslip", "Betaling zichtbaar op loonstrook", BOOLEAN),
)
