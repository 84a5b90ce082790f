"""Forms of the scheme: shape and spelling of what is typed."""
