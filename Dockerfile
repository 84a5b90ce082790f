# One image for web, worker and scheduler; docker-compose.yml says which it runs.
FROM python:3.13.9-slim-bookworm AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
# base, or s3 for a site whose files lie in an object store
ARG REQUIREMENTS=base
COPY requirements/${REQUIREMENTS}.txt /requirements.txt
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r /requirements.txt


FROM postgres:18.1-bookworm AS postgres


FROM python:3.13.9-slim-bookworm

# Pango and HarfBuzz draw the papers, the Kai face is the one official papers are set in;
# libpq5 brings the libraries pg_dump needs beside its own
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig fonts-cns11643-kai libharfbuzz-subset0 libpq5 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache -f \
    && useradd --system --uid 10001 --create-home --home-dir /srv/portal --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0750 /srv/keys /srv/media /srv/static /srv/schedule

COPY --from=packages /venv /venv
# pg_dump and pg_restore must be as new as the server; Debian's own are older. Their library comes with them.
COPY --from=postgres /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /usr/local/bin/
COPY --from=postgres /usr/lib/*-linux-gnu/libpq.so.5* /usr/local/lib/
WORKDIR /srv/portal
COPY --chown=root:root . .

RUN ldconfig && pg_dump --version && pg_restore --version

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    XDG_CACHE_HOME=/tmp \
    KEY_FOLDER=/srv/keys \
    MEDIA_ROOT=/srv/media \
    STATIC_ROOT=/srv/static

# Static files are part of the image; the keys of this one command open nothing.
RUN SECRET_KEY=build FIELD_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    INDEX_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATABASE_URL=postgres://build@build/build \
    python manage.py collectstatic --noinput --verbosity 0

USER portal
VOLUME ["/srv/keys", "/srv/media", "/srv/schedule"]
EXPOSE 8000

HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "config.wsgi", "--config", "docker/gunicorn.py"]
