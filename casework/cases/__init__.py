"""A case: its kinds, who sees it, opening and moving it, its events, and what officers and applicants do with any case."""
