"""`manage.py sync_now ENTITY [--dry-run] [--json]`: one run from a shell, with a progress bar.

Exit code 0: nobody is blocked or failed (changes that are "not yet sent" may remain);
1: people failed or are blocked; 2: the run could not be made, or was cancelled;
3: it waits for somebody: for an answer, for a new sign-in at Loket, or because it was paused. Its page says for what, and
the worker goes on with it then.
"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from tqdm import tqdm

from onboarding.models import LegalEntity
from sync.models import Run
from sync.outcomes import PersonResult
from sync.refusals import run_refusal
from sync.services import execution, results, runs

PEOPLE_FAILED, COULD_NOT_RUN, WAITS = 1, 2, 3


class Command(BaseCommand):
    help = "Compares the people of a legal entity, of its roster or of Personio, with Loket and sends what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("entity", help="name or number of the legal entity")
        parser.add_argument("--dry-run", action="store_true", help="compare only, write nothing to Loket")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            entity = self._entity(options["entity"])
            # The first run is a preview unless somebody has seen one (rule 57).
            is_dry = options["dry_run"] or runs.needs_preview(entity)
            run = self._run(entity, is_dry)
            self._report(run, options["json"], first_is_dry=is_dry and not options["dry_run"])
        ends = {Run.State.SUCCEEDED: 0, Run.State.PARTIAL: PEOPLE_FAILED} | dict.fromkeys(Run.HELD, WAITS)
        if code := ends.get(Run.State(run.state), COULD_NOT_RUN):
            sys.exit(code)

    def _fail(self, text: str) -> None:
        self.stderr.write(self.style.ERROR(text))
        sys.exit(COULD_NOT_RUN)

    def _entity(self, wanted: str) -> LegalEntity:
        rows = LegalEntity.objects.select_related("company")
        found = list(rows.filter(pk=wanted) if wanted.isdigit() else rows.filter(name__iexact=wanted))
        if len(found) != 1:
            which = "There is no legal entity" if not found else "There is more than one legal entity"
            self._fail(f"{which} {wanted!r}; use its number from the address of its page.")
        return found[0]

    def _run(self, entity: LegalEntity, is_dry: bool) -> Run:
        try:
            run = runs.start(entity, is_dry=is_dry, user=None, trigger=Run.Trigger.COMMAND, ring=False)
        except runs.RunRefused as error:
            words = run_refusal(error.refusal, reads_personio=entity.reads_personio)
            self._fail(f"{words.text} {words.fix}")
        if run.state in Run.HELD:
            return run
        if run.is_dry != is_dry:
            self._fail("Another run of this entity is under way; try again when it is done.")
        with tqdm(unit=" people", file=sys.stderr, disable=None) as bar:

            def watch(_result: PersonResult) -> None:
                if bar.total is None:  # known when Personio was read, if people come from there
                    bar.total = Run.objects.values_list("total", flat=True).get(pk=run.pk)
                bar.update()

            finished = execution.execute(run.pk, watch)
        if finished is None:
            self._fail("Another run of this entity is under way; try again when it is done.")
        return finished or run

    def _report(self, run: Run, as_json: bool, *, first_is_dry: bool) -> None:
        counts = results.counts(run)
        if as_json:
            self.stdout.write(
                json.dumps(
                    {
                        "run": run.pk,
                        "state": run.state,
                        "dry_run": run.is_dry,
                        "message": run.shown_message,
                        "hint": run.shown_hint,
                        **counts,
                    }
                )
            )
            return
        kind = "Preview" if run.is_dry else "Sync"
        self.stdout.write(f"{kind} {run.pk}: {run.get_state_display()}. {run.shown_message} {run.shown_hint}".rstrip())
        names = ("planned", "created", "changed", "unchanged", "skipped", "blocked", "failed")
        self.stdout.write(", ".join(f"{name} {counts[name]}" for name in names))
        if first_is_dry:
            self.stdout.write("Nothing was written: the first run is a preview. Run the command again to sync.")
