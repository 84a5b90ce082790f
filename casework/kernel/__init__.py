"""The pure part of casework: law, outcome, dates, identifiers, machine, money. No Django import anywhere below."""
