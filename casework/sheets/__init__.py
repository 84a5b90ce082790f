"""Tables out and in: lists written as XLSX, ODS and CSV, and any of the three read as rows of text."""
