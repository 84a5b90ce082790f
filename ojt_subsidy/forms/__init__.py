"""Shape and spelling of input; no save()."""
