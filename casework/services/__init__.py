"""Acts on cases. One function per act: keyword-only, atomic, row locked, event in the same transaction."""
