from onboarding.models.assignment import Assignment
from onboarding.models.audit import AuditEvent
from onboarding.models.booking import Booking
from onboarding.models.company import Company, Membership, Role
from onboarding.models.connection import Connection
from onboarding.models.evidence import Acknowledgement, Evidence
from onboarding.models.guest import Guest, GuestCode, GuestLink
from onboarding.models.issue import Issue
from onboarding.models.legal_entity import LegalEntity
from onboarding.models.login import LoginTokens, LoketLogin, SignInAttempt
from onboarding.models.mail import Mail
from onboarding.models.personio import PersonioAccount, PersonioEvent
from onboarding.models.release import ReleaseRequest
from onboarding.models.slot import HostLease, HostSlot, HostState
from onboarding.models.user import User
from onboarding.models.value_list import ValueList

__all__ = [
    "Acknowledgement",
    "Assignment",
    "AuditEvent",
    "Booking",
    "Company",
    "Connection",
    "Evidence",
    "Guest",
    "GuestCode",
    "GuestLink",
    "HostLease",
    "HostSlot",
    "HostState",
    "Issue",
    "LegalEntity",
    "LoginTokens",
    "LoketLogin",
    "Mail",
    "Membership",
    "PersonioAccount",
    "PersonioEvent",
    "ReleaseRequest",
    "Role",
    "SignInAttempt",
    "User",
    "ValueList",
]
