from onboarding.models.audit import AuditEvent
from onboarding.models.company import Company, Membership, Role
from onboarding.models.connection import Connection
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.login import LoginTokens, LoketLogin, SignInAttempt
from onboarding.models.user import User

__all__ = [
    "AuditEvent",
    "Company",
    "Connection",
    "LegalEntity",
    "LoginTokens",
    "LoketLogin",
    "Membership",
    "Role",
    "SignInAttempt",
    "User",
]
