"""What waits for a person: the office's desk with work list, search and kept views, and anybody's days to come."""
