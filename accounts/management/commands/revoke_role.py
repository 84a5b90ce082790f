from accounts.management.commands._roles import RoleCommand
from accounts.services.appointing import dismiss


class Command(RoleCommand):
    help = "收回一個人在一個機關的角色，並記錄由誰、為何。"
    change = staticmethod(dismiss)
    done = "已收回"
