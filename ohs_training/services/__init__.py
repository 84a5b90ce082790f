"""Acts of the scheme: one function each."""
