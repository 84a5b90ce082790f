"""Users, organisations, roles, sign-in and the access log: shared by all five schemes."""
