"""How numbers are written where Django's own table for a language says otherwise than the offices do."""
