"""The schemes there are, found because casework names none of them, and what one asks of another."""
