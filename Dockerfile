# Every image with Python 3.11 can be the base, for example: --build-arg BASE_IMAGE=python:3.11-slim
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.0.0@sha256:d9894b6895923b379f3006fa251147806919c62b7d9021b5cd125bb67d7bbe22
FROM ${BASE_IMAGE}

WORKDIR /airbyte/integration_code

USER root
# Only wheels are installed, so that no compiler is needed. The tests of pandas and other packages are removed: they are
# a sixth of the size.
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --only-binary :all: --require-hashes -r requirements.lock \
    && site="$(python -c 'from importlib.util import find_spec; print(find_spec("pandas").origin)')" \
    && find "${site%/pandas/*}" -type d -name tests -prune -exec rm -rf {} +
COPY main.py ./
COPY source_fauna ./source_fauna
RUN python -m compileall -q main.py source_fauna && chmod -R a+rX /airbyte

# The CDK creates an empty temporary directory for each command. With a read-only root file system, /dev/shm is the only
# place for it.
ENV PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    TMPDIR=/dev/shm \
    AIRBYTE_ENTRYPOINT="python /airbyte/integration_code/main.py"

LABEL io.airbyte.name=airbyte/source-fauna \
      io.airbyte.version=1.0.0 \
      org.opencontainers.image.title=source-fauna \
      org.opencontainers.image.licenses=MIT

USER 1000:1000
ENTRYPOINT ["python", "/airbyte/integration_code/main.py"]
