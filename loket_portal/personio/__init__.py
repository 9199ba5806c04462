"""Client of Personio's API: people and attribute definitions from v1, what only v2 has from v2."""
