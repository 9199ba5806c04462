from onboarding.models.audit import AuditEvent
from onboarding.models.company import Company, Membership, Role
from onboarding.models.connection import Connection
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.login import LoketLogin, SignInAttempt
from onboarding.models.user import User

__all__ = [
    "AuditEvent",
    "Company",
    "Connection",
    "LegalEntity",
    "LoketLogin",
    "Membership",
    "Role",
    "SignInAttempt",
    "User",
]
