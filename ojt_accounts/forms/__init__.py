"""Shape and spelling of input for account applications."""
