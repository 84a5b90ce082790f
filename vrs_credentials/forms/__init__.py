"""Forms of the scheme: shape and spelling of input."""
