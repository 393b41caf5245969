# One image for web, worker, beat and the commands; compose.yaml says which is which.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/auditflow
COPY requirements.lock ./
RUN python -m pip install --require-hashes --only-binary :all: -r requirements.lock
COPY . .
RUN python -m pip install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable . \
    && useradd --system --create-home auditflow && mkdir /data && chown auditflow /data
USER auditflow
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "auditflow.wsgi:app", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "4"]
