# One image for web, worker, beat and the commands; compose.yaml says which is which.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 AUDITFLOW_DATA=/data
WORKDIR /srv/auditflow
# The board report as PDF: pango draws its text, in this font.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends fonts-liberation libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock ./
# One package comes as source only: the locked setuptools builds it, not one fetched on the side without a hash.
RUN sed -n '/^setuptools==/,/# via/p' requirements.lock > setuptools.lock \
    && python -m pip install --require-hashes --only-binary :all: -r setuptools.lock \
    && python -m pip install --require-hashes --only-binary :all: --no-binary flask-principal --no-build-isolation \
        -r requirements.lock \
    && rm setuptools.lock
COPY . .
RUN python -m pip install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable . \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin auditflow \
    && mkdir /data && chown auditflow /data && chmod 700 /data
USER auditflow
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "auditflow.wsgi:app", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
