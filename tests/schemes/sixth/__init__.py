"""職場見學: the smallest scheme there can be, installed by one word: `SCHEMES=sixth` with tests/schemes on the path."""
