"""A language nobody speaks: every translated text comes back in ⟦brackets⟧, so that a text that isn't one shows itself."""
