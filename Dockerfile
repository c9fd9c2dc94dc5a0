# The bot alone: no tests, no compiler, no pip, not root. All its data is in /data.
#
#   docker build -t isobot .
#   docker run --env-file .env -v isobot-data:/data -p 127.0.0.1:8080:8080 isobot
#
# It listens on every address of the container, so the demo is off: give it a token at least.

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# The libraries first: this layer is built again only when the lock changes.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv --without-pip /opt/isobot
RUN python -m pip --python /opt/isobot install --require-hashes -r requirements.lock
RUN python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --require-hashes -r requirements-build.lock

COPY . .
RUN /opt/build/bin/python -m pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheels .
RUN python -m pip --python /opt/isobot install --no-index --no-deps /wheels/*.whl


FROM python:3.11-slim
ENV PATH=/opt/isobot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ISOBOT_DATA_DIR=/data \
    ISOBOT_HOST=0.0.0.0 \
    ISOBOT_PORT=8080

# A fixed number, so that the owner of the volume stays the same from one image to the next.
RUN groupadd --gid 10001 isobot \
    && useradd --uid 10001 --gid isobot --home-dir /data --no-create-home --shell /usr/sbin/nologin isobot \
    && install --directory --owner isobot --group isobot --mode 0750 /data
COPY --from=build /opt/isobot /opt/isobot

USER isobot
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['ISOBOT_PORT']}/healthz\", timeout=4)"]
CMD ["isobot", "run"]
