"""Acts of the 45+ site, one function each."""
