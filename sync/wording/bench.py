"""The words of looking at a mapping with real people."""

from django.utils.translation import gettext_lazy as _

from onboarding.wording import Status, Text
from sync.services.bench_everyone import Verdict
from sync.services.bench_person import Compared, Hr

VERDICTS: dict[str, Status] = {
    Verdict.PASSES: Status(_("Passes"), "ok", _("Everything that the mapping reads can go to Loket.")),
    Verdict.PARTLY: Status(
        _("Passes in part"), "attention", _("The person is sent without the fields that have a problem.")
    ),
    Verdict.BLOCKED: Status(_("Blocked"), "problem", _("The person is not sent until this is solved.")),
    Verdict.LEFT_OUT: Status(
        _("Not in the sync"), "", _("Rightly left out: the mapping is not judged by this person.")
    ),
}
HR: dict[str, Text] = {
    Hr.EMPTY: _("empty"),
    Hr.ABSENT: _("not shown for this person"),
    Hr.UNREAD: _("not read yet"),
    Hr.NONE: _("no attribute; only the value for new people counts"),
}
COMPARED: dict[str, Text] = {
    Compared.SAME: _("The same: nothing is sent."),
    Compared.DIFFERS: _("Differs: the sync would change it."),
    Compared.KEPT: _("Loket keeps its own."),
}
