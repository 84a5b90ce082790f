"""gunicorn behind nginx. Threads wait for the database, processes use the cores."""

import multiprocessing
import os

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", min(multiprocessing.cpu_count(), 4)))
threads = int(os.environ.get("WEB_THREADS", 4))
worker_tmp_dir = "/dev/shm"  # noqa: S108  (the heartbeat file must not wait for a disk)
max_requests, max_requests_jitter = 2000, 200
timeout, graceful_timeout = 60, 30
forwarded_allow_ips = "*"  # only nginx reaches this port
control_socket_disable = True
accesslog = None  # one structured line per request comes from the application
