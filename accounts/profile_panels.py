"""我的資料: each app adds a panel (rights by year and plan, certificates). The person looking is the person shown."""

from accounts.panels import Block, Registry

profile = Registry()


def register_profile_panel(*blocks: Block) -> None:
    profile.register(*blocks)
