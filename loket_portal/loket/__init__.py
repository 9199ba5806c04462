"""Everything about the API of Loket.nl."""
