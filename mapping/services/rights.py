"""Who changes a mapping."""

from onboarding.models import User
from onboarding.services import access


def require_support(user: User | None) -> None:
    """Raises NotAllowed for anybody but support (rule 28); None is the command line, which support runs on the server."""
    if user is not None and not user.is_staff:
        raise access.NotAllowed
