"""gunicorn behind nginx. Threads wait for the database, processes use the cores."""

import multiprocessing
import os
import shutil

# the figures of all processes add up in memory; it is read when prometheus_client is imported, so before the application
_figures = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "/dev/shm/portal-figures")  # noqa: S108
shutil.rmtree(_figures, ignore_errors=True)
os.makedirs(_figures)

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


def child_exit(server, worker):  # type: ignore[no-untyped-def]
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)
