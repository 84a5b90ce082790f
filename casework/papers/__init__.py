"""Papers the agency issues: from template to PDF or ODT, signed, frozen with their context; the wordings they print."""
