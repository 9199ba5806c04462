"""The workbench of support: drafts of a mapping, suggestions, versions, and what its page shows."""
