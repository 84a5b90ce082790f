"""Exit 0 when the web process of this container and its database answer."""

import os
import sys
import urllib.request

host = os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")
request = urllib.request.Request("http://127.0.0.1:8000/health/ready", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310  (fixed address)
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(str(error))
