"""What stands in the way of a person, and what to do about it.

One table for both sources. `%(there)s` in a fix says where the value is corrected and how it comes here then;
`%(them)s` names people as the source counts them. `sync.wording.problem` fills both.
"""

from django.utils.translation import gettext_lazy as _

from onboarding.wording import Words

THERE = _("in your HR system and upload the roster again")
THERE_IN_PERSONIO = _("in Personio; the next preview or sync reads it again")

_HR = _("Correct it %(there)s.")
_IN_LOKET = _("Your payroll administrator or tax accountant looks at it in Loket.")
_BSN_FIX = _("Check it against the identity document, correct it %(there)s.")
_IBAN_FIX = _("Ask the person for the right one, correct it %(there)s.")
_RIGHTS_OF_USER = _("Your payroll administrator or tax accountant checks the rights of the integration user in Loket.")
_RIGHT_EMPLOYMENTS = _(
    "Your payroll administrator or tax accountant gives the right “Beheer dienstverbanden” in Loket."
)
_SUPPORT_MAPS = _("Support adds it to the attribute mapping.")

PROBLEMS: dict[str, Words] = {
    # who may be sent
    "no_employee_number": Words(_("is missing. Without it nobody is sent to Loket."), _HR),
    "no_income_number": Words(_("is missing. Without it nobody is sent to Loket."), _HR),
    "invalid_employee_number": Words(_("must be a whole number from 1."), _HR),
    "invalid_income_number": Words(_("must be a whole number from 1 to 9999."), _HR),
    "duplicate_number": Words(
        _("stands at more than one person (%(them)s). Neither is sent."),
        _("Give each person a number of their own %(there)s."),
    ),
    "duplicate_bsn": Words(
        _("stands at more than one person with the same income number. Neither is sent."),
        _("Find out whose it is, correct it %(there)s."),
    ),
    "birth_date_in_future": Words(_("lies in the future."), _HR),
    # what Personio shows of a person
    "no_personio_id": Words(
        _("Personio gave a record without a number, which may be this person. Nothing is sent."),
        _("Whoever administers Personio asks Personio's support; the next preview or sync looks again."),
    ),
    "no_legal_entity": Words(
        _("The person has no legal entity in Personio any more, so nobody knows who pays. Nothing is sent."),
        _(
            "Whoever administers Personio fills in the legal entity of the employment; the next preview or sync reads it."
        ),
    ),
    "attribute_absent": Words(
        _("can't be read in Personio, so nobody knows what it says. Nothing is sent."),
        _(
            "Whoever administers Personio opens Marketplace › Connected integrations › your integration › Readable "
            "employee attributes and ticks it; the next preview or sync reads it."
        ),
    ),
    "not_mapped": Words(
        _("is not mapped, so nobody knows what it says. Nobody is sent without it."),
        _("Support maps an attribute of Personio to it."),
    ),
    "employments_unreadable": Words(
        _(
            "Personio did not give the employments of this person, so nobody knows who is the employer. Nothing is sent."
        ),
        _(
            "The next preview or sync asks again. When it stays like this, tell support: they look into it with Personio."
        ),
    ),
    "gone_in_personio": Words(
        _("The person is no longer in Personio, and was here before. Nothing is sent."),
        _(
            "Was the person deleted by mistake? Then restore the person %(there)s. Did the person leave? Your payroll "
            "administrator ends the employment in Loket, and support forgets the link."
        ),
    ),
    "works_at_two": Words(
        _("Personio has this person at work at two legal entities today. Nothing is sent."),
        _("Look at the days of the employments and correct them %(there)s."),
    ),
    # cells of the roster
    "missing_value": Words(_("is empty."), _HR),
    "row_too_long": Words(
        _("The row has more values than the %(columns)s columns of the header, so values stand in the wrong place."),
        _(
            "Often a separator stands inside a value: put the value in quotes, or save as XLSX, and upload the roster again."
        ),
    ),
    "bad_text": Words(_("has characters that do not belong in a text."), _HR),
    "excel_error": Words(
        _("holds an error of Excel instead of a value."), _("Correct the cell and upload the roster again.")
    ),
    "bad_number": Words(
        _("is not a number we can read."),
        _("Write 32 or 32.5, without a mark for thousands, %(there)s."),
    ),
    "bad_date": Words(
        _("is no date, or not written in a way we can read."),
        _("Write 2026-09-01 or 01-09-2026 %(there)s."),
    ),
    "unknown_status": Words(
        _("is not a status we know."),
        _("Write Onboarding, Active, Leave or Inactive %(there)s."),
    ),
    "unknown_yes_no": Words(_("is neither yes nor no."), _("Write Yes or No %(there)s.")),
    "bad_bsn": Words(_("is not a valid BSN: the eleven test fails."), _BSN_FIX),
    "bad_iban": Words(_("is not a valid IBAN: the check digits are wrong."), _IBAN_FIX),
    # values that Loket can't take
    "too_long": Words(
        _("has %(length)s characters; Loket takes %(limit)s at most. We never cut it off by ourselves."),
        _("Shorten it %(there)s."),
    ),
    "too_small": Words(_("is too small; the lowest value is %(minimum)s."), _HR),
    "too_large": Words(_("is too large; the highest value is %(maximum)s."), _HR),
    "too_many_decimals": Words(_("has more than %(decimals)s decimals."), _HR),
    "invalid_integer": Words(_("must be a whole number."), _HR),
    "invalid_decimal": Words(_("must be a number."), _HR),
    "invalid_date": Words(_("is not a date."), _HR),
    "invalid_boolean": Words(_("must be yes or no."), _HR),
    "invalid_bsn": Words(_("is not a valid BSN: the eleven test fails."), _BSN_FIX),
    "invalid_iban": Words(_("is not a valid IBAN: the check digits are wrong."), _IBAN_FIX),
    "invalid_phone": Words(_("is not a phone number."), _HR),
    "invalid_email": Words(_("is not an e-mail address."), _HR),
    "invalid_postcode": Words(
        _("is not a Dutch postcode."),
        _("Write 1234 AB, or correct the country, %(there)s."),
    ),
    "unsplit_address": Words(
        _("can't be taken apart into a street, a house number and an addition without guessing."),
        _("Write it as in “Kerkstraat 12 bis” %(there)s."),
    ),
    "invalid_initials": Words(
        _("can't be made into initials: a first name begins with something else than a letter."), _HR
    ),
    "zeros_in_front": Words(
        _("has zeros in front, which a number would lose."),
        _("Is it a number? Then leave the zeros out %(there)s. If not, support maps another field."),
    ),
    "invalid_part_time": Words(
        _("is neither a percentage nor a part of full time."),
        _("Write 80 or 0.8 %(there)s."),
    ),
    "bad_setting": Words(
        _("can't be worked out: the attribute mapping does not say how many hours are full time."),
        _("Support corrects the attribute mapping."),
    ),
    "shortened": Words(
        _("has %(length)s characters; Loket takes %(limit)s at most. As support approved, “%(left)s” is sent."),
        _("Nothing has to be done. If something else should stand in Loket, shorten it %(there)s."),
    ),
    "unmapped_option": Words(_("does not match a value in Loket yet."), _SUPPORT_MAPS),
    "ambiguous_option": Words(_("fits more than one value of Loket's list."), _SUPPORT_MAPS),
    "no_value_list": Words(
        _("can't be filled: Loket gave no list of values."), _("Try again later; then ask support.")
    ),
    "fallback_missing": Words(
        _("can't be filled: Loket has no “%(option)s”."),
        _("Your payroll administrator or tax accountant creates it in Loket, at the employer under Management."),
    ),
    "cannot_clear": Words(_("is empty, but Loket does not let it be empty."), _HR),
    "required_for_new": Words(_("is missing. Loket makes nobody new without it."), _HR),
    # comparing with Loket
    "address_incomplete": Words(
        _("is missing in the address; Loket takes an address whole or not at all."),
        _("Complete the address %(there)s."),
    ),
    "address_held": Words(
        _("can't go as it is, so the whole address waits: half an address would be wrong in Loket."), _HR
    ),
    "whole_incomplete": Words(
        _("is missing; Loket takes what belongs to it whole or not at all."),
        _("Complete what belongs to it %(there)s."),
    ),
    "whole_held": Words(_("can't go as it is, so what belongs to it waits: half of it would be wrong in Loket."), _HR),
    "value_purged": Words(
        _("is no longer kept here, since Loket confirmed it earlier."),
        _("Upload the roster again to send it once more."),
    ),
    # an employment and its parts
    "no_record": Words(
        _("can't be sent: Loket has no record of it at this employment."),
        _("Your payroll administrator makes the first one in Loket."),
    ),
    "later_record": Words(
        _("was not sent: somebody planned a record in Loket that begins on %(day)s."),
        _("Your payroll administrator enters this change in Loket, before or in that record."),
    ),
    "by_work_pattern": Words(
        _("was not sent: Loket works it out from the work pattern, and comes to something else."),
        _("Correct the work pattern or this value %(there)s."),
    ),
    "employment_ended": Words(
        _("was not sent: the employment in Loket ended on %(end)s."),
        _("Should it go on? Your payroll administrator opens it again in Loket. Else correct the end date %(there)s."),
    ),
    "another_employment": Words(
        _("was not sent: the employment in Loket ended on %(end)s, and HR has a new one."),
        _("Your payroll administrator makes the new employment in Loket; the next sync goes on with it."),
    ),
    "ended_otherwise": Words(
        _("was not sent: Loket has ended the employment already, on %(end)s."),
        _(
            "Find out which day is right. Is Loket wrong? Your payroll administrator corrects it. Otherwise correct the end "
            "date %(there)s."
        ),
    ),
    "end_reason_missing": Words(
        _("was not sent: Loket ends no employment without this: %(missing)s."),
        _(
            "Add it %(there)s. It must be there in Loket’s own words; support can have other words understood in the "
            "attribute mapping."
        ),
    ),
    "end_reason_unmapped": Words(
        _(
            "was not sent: Loket ends no employment without this: %(missing)s. The attribute mapping has no place for it."
        ),
        _(
            "Tell support: they add it to the attribute mapping, with where HR tells it of each person, or with one reason "
            "for everybody. Until then your payroll administrator ends the employment in Loket."
        ),
    ),
    "no_bank_account": Words(
        _("was not sent: Loket has no bank account for the wage of this person."),
        _("Let your payroll administrator add the bank account in Loket, or fill in the IBAN %(there)s."),
    ),
    "no_payroll_component": Words(
        _("was not sent: Loket did not say which payroll component is the net wage."),
        _("Your payroll administrator makes the first bank account of this person in Loket."),
    ),
    # from the run
    "employment_not_allowed": Words(
        _("was not sent: the integration user may not change employments. All else was sent."), _RIGHT_EMPLOYMENTS
    ),
    "organization_not_allowed": Words(
        _("was not sent: the integration user may not change where people work. All else was sent."),
        _RIGHT_EMPLOYMENTS,
    ),
    "hours_not_allowed": Words(
        _("was not sent: the integration user may not change working hours. All else was sent."), _RIGHT_EMPLOYMENTS
    ),
    "ending_not_allowed": Words(
        _(
            "was not sent: the integration user may not change the first or the last day of employments. All else was sent."
        ),
        _RIGHT_EMPLOYMENTS,
    ),
    "payment_not_allowed": Words(
        _("was not sent: the integration user may not change bank accounts. All else was sent."),
        _(
            "Your payroll administrator or tax accountant gives the right “Beheer diverse vaste gegevens "
            "salarisverw” in Loket."
        ),
    ),
    "employee_not_allowed": Words(_("was not sent: the integration user may not change employees."), _RIGHTS_OF_USER),
    "concept_not_allowed": Words(
        _("was not sent: the integration user may not make or change concept employees."), _RIGHTS_OF_USER
    ),
    "bsn_not_allowed": Words(
        _("was not written: the integration user may not read or write BSNs. All else was sent."),
        _("Your payroll administrator or tax accountant gives the right “Beheren en raadplegen BSN” in Loket."),
    ),
    "iban_not_allowed": Words(
        _("was not compared: the integration user may not read bank accounts. All else was sent."),
        _("Your payroll administrator or tax accountant checks the rights of the integration user in Loket."),
    ),
    "other_person": Words(
        _("belongs to somebody else in Loket, going by name and birth date. Nothing was sent."),
        _("Find out who has the number. Correct your HR system, or let your payroll administrator correct Loket."),
    ),
    "employed_elsewhere": Words(
        _("works in another administration of the same employer, not in this one. Nothing was sent."), _IN_LOKET
    ),
    "gone_in_loket": Words(
        _("was in Loket before and is gone there. Nothing was sent."),
        _(
            "Your payroll administrator looks whether the person was removed in Loket for good. If so, support forgets "
            "the link; the next preview then shows a new person."
        ),
    ),
    "maybe_in_loket": Words(
        _("Loket has somebody with this name and birth date under number %(number)s."),
        _(
            "Is it the same person? Then give the person that number %(there)s. "
            "If not, your payroll administrator adds the new person in Loket with the new number."
        ),
    ),
    "concept_of_others": Words(
        _("stands in Loket at a concept employee that the portal did not make. Nothing was sent."),
        _("Your payroll administrator completes or deletes that concept employee in Loket."),
    ),
    "concept_elsewhere": Words(
        _("stands in Loket at a concept employee of another administration of the same employer. Nothing was sent."),
        _("Find out which administration the person belongs to. Your payroll administrator corrects it in Loket."),
    ),
    "concept_twice": Words(
        _(
            "stands in Loket at two concept employees of the portal. The older one is kept up to date; neither is completed."
        ),
        _("Your payroll administrator deletes the newer concept employee in Loket."),
    ),
    "validation_not_allowed": Words(
        _("Loket did not check this person beforehand: the integration user may not do that."),
        _("Your payroll administrator or tax accountant checks the rights of the integration user in Loket."),
    ),
    "stopped": Words(_("The sync stopped before this person was finished."), _("The next sync takes it up.")),
    "set_aside": Words(
        _("Nothing was sent of this person, because nothing has changed since the last time."),
        _("The page “People set aside” says what to do."),
    ),
    "crashed": Words(
        _("The sync broke off at this person three times, so it leaves the person out."),
        _("Tell support: the cause is in the log. The page “People set aside” says how it goes on."),
    ),
    "not_stable": Words(
        _("Loket stored something else than it was sent, for the second time; this person is set aside."), _IN_LOKET
    ),
    "left_out": Words(
        _("Somebody had this left out."), _("You are asked again when the value changes in HR or in Loket.")
    ),
    "not_stored": Words(_("Loket stored something else than it was sent."), _IN_LOKET),
    "not_sure": Words(
        _("Loket did not answer in time, so it is not certain whether it was stored."),
        _("The next sync looks first and sends only what is missing."),
    ),
    "rejected": Words(_("Loket refused it; its reason stands below."), _HR),
    "loket_unreachable": Words(_("Loket did not answer."), _("The next sync tries again.")),
    "unexpected": Words(
        _("Something unexpected happened; the others went on."), _("Tell support: the cause is in the log.")
    ),
}

PROBLEMS_OF_PERSONIO: dict[str, Words] = {
    "excel_error": Words(_("holds an error of Excel instead of a value."), _HR),
    "value_purged": Words(
        _("is no longer kept here, since Loket confirmed it earlier."),
        _("The next preview or sync reads it from Personio again."),
    ),
    "other_person": Words(
        _("belongs to somebody else in Loket, going by name and birth date. Nothing was sent."),
        _("Find out who has the number. Correct Personio, or let your payroll administrator correct Loket."),
    ),
}
"""Where another way in is not enough: Personio has no cells, and nobody uploads."""
