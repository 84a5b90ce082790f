"""The law in force and how it changes: amendments, impact sheets, the office calendar, what-if questions, pages of the rules."""
