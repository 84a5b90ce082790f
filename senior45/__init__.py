"""Accounts and content of the 45+ employment resource site 45+就業資源網."""
