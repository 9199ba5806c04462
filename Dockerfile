# One image for web, worker and beat; which of them it is, docker-compose.yml says.
FROM python:3.12-slim AS packages
COPY requirements.lock .
RUN python -m venv /opt/portal \
 && /opt/portal/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

FROM python:3.12-slim
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_MODE=production PORTAL_VAR_DIR=/srv/portal/var
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal
COPY --from=packages /opt/portal /opt/portal
WORKDIR /srv/portal
COPY . .
# The static files of this version, compressed and named by what is in them.
RUN python scripts/build_static.py && python -m compileall -q loket_portal onboarding mapping sync
USER portal
EXPOSE 8000
CMD ["gunicorn", "loket_portal.wsgi", "--bind=0.0.0.0:8000"]
