"""What the project itself brings: the clearing of old sessions."""

from accounts.parts import Part
from kernel.jobs import At, Job

PART = Part(
    name="config",
    jobs=(Job("清除逾期登入階段", "config.tasks.clear_sessions", At(hour="4", minute=20)),),
)
