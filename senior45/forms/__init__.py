"""Shape and spelling of input for the 45+ site."""
