"""Certificates of cards (自然人憑證, 單位憑證): what a card answered, whose it is, and whether its issuer stands behind it.

`answer` proves that the key signed our words, `chain` that the certificate holds, `holder` says whose it is. None of these
touches the database; `accounts.services.challenges` and `bindings` do. `docs/certificate-sign-in.md` is the page for agencies.
"""
