from accounts.management.commands._roles import RoleCommand
from accounts.services.appointing import appoint


class Command(RoleCommand):
    help = "授予一個人在一個機關的角色，並記錄由誰、為何。"
    change = staticmethod(appoint)
    done = "已授予"
