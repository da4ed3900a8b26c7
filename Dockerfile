# The image of server, worker and signer. The image itself has not been built by us yet; its pip commands were run by hand, outside a
# container.
#
# Every package is checked against requirements.lock while its wheel is made; the second stage installs from those wheels only,
# and only what the exchange needs. EXTRAS: which optional parts are in it.

FROM python:3.11-slim AS wheels
WORKDIR /source
COPY requirements.lock ./
RUN awk '/^setuptools==/ { wanted = 1 } wanted; !/\\$/ { wanted = 0 }' requirements.lock > build-tools.lock \
    && pip install --no-cache-dir --require-hashes --requirement build-tools.lock \
    && pip wheel --no-cache-dir --require-hashes --no-build-isolation --wheel-dir /wheels --requirement requirements.lock \
    && pip install --no-cache-dir --no-index --find-links /wheels hatchling
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY schemas schemas
COPY sdk sdk
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels ./sdk .

FROM python:3.11-slim
ARG EXTRAS=broker,parquet,s3,telemetry
# 10001: a number that compose.yaml and the owner of its secrets name. Volumes that are mounted at these folders belong to it.
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "breakwater[${EXTRAS}]" \
    && useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/breakwater breakwater \
    && install --directory --owner=breakwater --group=breakwater --mode=700 /var/lib/breakwater /keys /run/breakwater-signer
USER breakwater
WORKDIR /var/lib/breakwater
# Checkpoint, journal of erasures, exports, and the database unless BREAKWATER_DATABASE_URL names another one, live in the first;
# private keys in the second, where a signer of its own has them; its socket in the third.
VOLUME /var/lib/breakwater /keys /run/breakwater-signer
ENV BREAKWATER_HOME=/var/lib/breakwater BREAKWATER_BIND=0.0.0.0:8000 PYTHONUNBUFFERED=1
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["breakwater", "serve"]
