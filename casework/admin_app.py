from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """The browser admin with our site in the place of the stock one."""

    default_site = "casework.admin_site.PortalAdminSite"
