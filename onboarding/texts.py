"""The versions of texts that people confirm: a new version asks everybody again (rule 6). Pure."""

SCOPE_VERSION = "2027-01"
"""Of the text on the page "Understand the scope"; raise it when what the integration does or overwrites changes."""

SCOPE_POINTS: tuple[str, ...] = ("payroll_person", "hr_leads", "overwritten", "limits")
"""What a member confirms, one tick each; wording/before.py says it in words."""
